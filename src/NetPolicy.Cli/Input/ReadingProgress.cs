using System.Globalization;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Input;

/// <summary>One line that says how far reading has come, if it takes long. It is wiped away in the end.</summary>
internal sealed class ReadingProgress(TextWriter terminal, TimeProvider time, bool hasEscapes) : IProgress<ReadProgress>, IDisposable
{
    private const int LongestName = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _started = time.GetTimestamp();
    private long _written;
    private int _length;

    /// <summary>Progress on standard error, if that is a terminal; null otherwise.</summary>
    public static ReadingProgress? OnTerminal() =>
        Console.IsErrorRedirected ? null : new ReadingProgress(Console.Error, TimeProvider.System, string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public void Report(ReadProgress value)
    {
        if (time.GetElapsedTime(_started) < Patience || (_length > 0 && time.GetElapsedTime(_written) < Pause))
        {
            return;
        }

        string file = value.File is null or "-" ? "standard input" : value.File.Length <= LongestName ? value.File : string.Concat("...", value.File.AsSpan(value.File.Length - LongestName + 3));
        string text = string.Create(CultureInfo.InvariantCulture, $"reading {Visible(file)}: {value.Bytes / 1_000_000} MB, {value.Objects} objects");
        terminal.Write('\r');
        terminal.Write(text.PadRight(hasEscapes ? 0 : _length));
        terminal.Write(hasEscapes ? "\x1b[K" : "");
        terminal.Flush();
        _length = text.Length;
        _written = time.GetTimestamp();
    }

    public void Dispose()
    {
        if (_length > 0)
        {
            terminal.Write(hasEscapes ? "\r\x1b[K" : $"\r{new string(' ', _length)}\r");
            terminal.Flush();
        }
    }

    // A name must not move the terminal's cursor.
    private static string Visible(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
}
