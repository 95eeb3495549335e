using NetPolicy.Cli.Input;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Cli.Tests.Commands;

public sealed class ReadingProgressTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Nothing_is_said_in_the_first_second()
    {
        using StringWriter terminal = new();
        using (ReadingProgress progress = new(terminal, _clock, hasEscapes: true))
        {
            progress.Report(new ReadProgress("a.json", 1_000_000, 10));
            _clock.Pass(999);
            progress.Report(new ReadProgress("a.json", 2_000_000, 20));
        }

        Assert.Empty(terminal.ToString());
    }

    [Fact]
    public void One_line_is_overwritten_at_most_ten_times_a_second_and_wiped_in_the_end()
    {
        using StringWriter terminal = new();
        using (ReadingProgress progress = new(terminal, _clock, hasEscapes: true))
        {
            _clock.Pass(1000);
            progress.Report(new ReadProgress("a.json", 31_000_000, 2000));
            progress.Report(new ReadProgress("a.json", 32_000_000, 2100));
            _clock.Pass(100);
            progress.Report(new ReadProgress("-", 33_900_000, 2200));
        }

        Assert.Equal("\rreading a.json: 31 MB, 2000 objects\x1b[K\rreading standard input: 33 MB, 2200 objects\x1b[K\r\x1b[K", terminal.ToString());
    }

    [Fact]
    public void Without_escapes_the_line_is_overwritten_with_blanks()
    {
        using StringWriter terminal = new();
        using (ReadingProgress progress = new(terminal, _clock, hasEscapes: false))
        {
            _clock.Pass(1000);
            progress.Report(new ReadProgress("long.json", 1_000_000, 1));
            _clock.Pass(100);
            progress.Report(new ReadProgress("a\n", 1_000_000, 1));
        }

        Assert.Equal("\rreading long.json: 1 MB, 1 objects\rreading a?: 1 MB, 1 objects       \r                           \r", terminal.ToString());
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1000;

        public void Pass(long milliseconds) => _ticks += milliseconds;

        public override long GetTimestamp() => _ticks;
    }
}
