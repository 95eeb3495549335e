namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Hands a part of a text to the YAML parser character by character, and stops it where one value goes on for too long: the parser itself would collect it all.
/// </summary>
internal sealed class BoundedText(string text, int start, int end, int maxRun) : TextReader
{
    private int _position = start;
    private int _stop = StopAfter(start, maxRun);

    /// <summary>A value was found to end: the next one may be as long again.</summary>
    public void Renew() => _stop = StopAfter(_position, maxRun);

    /// <exception cref="ValueTooLongException">Too much was read since <see cref="Renew"/>.</exception>
    public override int Read()
    {
        if (_position >= end)
        {
            return -1;
        }

        return _position < _stop ? text[_position++] : throw new ValueTooLongException();
    }

    public override int Peek() => _position < end ? text[_position] : -1;

    // The parser reads a little ahead: the value that it has just returned may end some characters before its position.
    private static int StopAfter(int position, int maxRun) => (int)Math.Min(int.MaxValue, (long)position + maxRun);
}
