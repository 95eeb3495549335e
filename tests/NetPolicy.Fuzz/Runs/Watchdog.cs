using System.Diagnostics;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Notices an input that takes more processor time than any may, or more memory. Its thread sleeps most of the time.</summary>
public sealed class Watchdog : IDisposable
{
    /// <summary>Most processor time for one input and everything that is done with it.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    /// <summary>Most memory of the whole process, in bytes.</summary>
    public const long MostMemory = 1L << 30;

    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private readonly Action<ulong, FuzzInput, string> _caught;
    private readonly Process _process = Process.GetCurrentProcess();
    private (ulong Number, FuzzInput? Input) _current;
    private (ulong Number, FuzzInput? Input) _seen;
    private TimeSpan _seenAt;

    /// <summary>Starts watching.</summary>
    /// <param name="caught">Told of an input that takes too much, from another thread; it should end the process.</param>
    public Watchdog(Action<ulong, FuzzInput, string> caught)
    {
        _caught = caught;
        _timer = new Timer(_ => Look(), null, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));
    }

    /// <summary>Largest memory of the process so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>An input is about to be read.</summary>
    public void Start(ulong number, FuzzInput input)
    {
        lock (_lock)
        {
            _current = (number, input);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _process.Dispose();
    }

    private void Look()
    {
        (ulong number, FuzzInput? input) = Current();
        _process.Refresh();
        if (input is null || !ReferenceEquals(input, _seen.Input))
        {
            _seen = (number, input);
            _seenAt = _process.TotalProcessorTime;
        }
        else if (_process.TotalProcessorTime - _seenAt > MostTime)
        {
            _caught(number, input, $"hang: more than {MostTime.TotalSeconds} s of processor time for {input.Bytes.Length} bytes");
        }

        if (input is not null && _process.WorkingSet64 > MostMemory)
        {
            _caught(number, input, $"memory: {_process.WorkingSet64 >> 20} MiB with {input.Bytes.Length} bytes");
        }
    }

    private (ulong Number, FuzzInput? Input) Current()
    {
        lock (_lock)
        {
            return _current;
        }
    }
}
