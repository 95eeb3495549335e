using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Reads input after input, in one thread.</summary>
public sealed class FuzzRun
{
    private const int MostFindings = 50;

    private readonly InputMaker _maker;
    private readonly Action<ulong, FuzzInput> _started;
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _kinds = new(StringComparer.Ordinal);

    /// <summary>A run.</summary>
    /// <param name="seeds">What inputs are made from.</param>
    /// <param name="seed">Which inputs.</param>
    /// <param name="started">Told of each input before it is read.</param>
    public FuzzRun(Seeds seeds, ulong seed, Action<ulong, FuzzInput>? started = null)
    {
        _maker = new InputMaker(seeds, seed);
        _started = started ?? ((_, _) => { });
    }

    /// <summary>Inputs read.</summary>
    public ulong Inputs { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>What was found, each kind once.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Reads on as long as asked to, or until there are too many findings.</summary>
    /// <param name="first">The number of the first input.</param>
    /// <param name="goOn">Asked before each input, with its number.</param>
    /// <param name="found">Told of each finding.</param>
    public void Run(ulong first, Func<ulong, bool> goOn, Action<Finding>? found = null)
    {
        for (ulong number = first; _findings.Count < MostFindings && goOn(number); number++)
        {
            FuzzInput input = _maker.Make(number);
            _started(number, input);
            Inputs++;
            Bytes += input.Bytes.Length;
            if (Attempt.Try(input) is { } broken && _kinds.Add(broken.Kind))
            {
                FuzzInput smallest = Minimizer.Minimize(input, candidate =>
                {
                    _started(number, candidate);
                    return Attempt.Try(candidate)?.Kind == broken.Kind;
                });
                Finding finding = new(broken.Kind, Attempt.Try(smallest)?.Message ?? broken.Message, smallest, number);
                _findings.Add(finding);
                found?.Invoke(finding);
            }
        }
    }
}
