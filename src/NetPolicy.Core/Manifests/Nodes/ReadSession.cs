namespace NetPolicy.Manifests.Nodes;

/// <summary>What the texts of one reading share: texts that recur, names of fields, and how far reading has come.</summary>
internal sealed class ReadSession(IProgress<ReadProgress>? progress)
{
    private long _bytes;
    private long _objects;

    public TextPool Texts { get; } = new();

    public MapPool Maps { get; } = new();

    public PlaceEncoder Places { get; } = new();

    /// <summary>Bytes of a file were read.</summary>
    public void Read(string? file, long bytes)
    {
        _bytes += bytes;
        progress?.Report(new ReadProgress(file, _bytes, _objects));
    }

    /// <summary>An object was read.</summary>
    public void Count() => _objects++;
}
