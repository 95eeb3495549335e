using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Netlink;

namespace NetPolicy.Chaos;

/// <summary>Applies the changes of a script in the network namespace it is started in, and kills itself at a moment.</summary>
internal static partial class Program
{
    private const int SigKill = 9;

    // SEED FOLDER MARKER POINT COUNT MICROSECONDS: at the COUNT-th time that POINT is reached, or so long after it.
    private static int Main(string[] arguments)
    {
        int Number(int at) => int.Parse(arguments[at], CultureInfo.InvariantCulture);
        (int seed, StopPoint point, int count) = (Number(0), Enum.Parse<StopPoint>(arguments[3]), Number(4));
        TimeSpan delay = TimeSpan.FromMicroseconds(Number(5));
        using Marker marker = new(arguments[2]);
        int reached = 0;
        using ManualResetEventSlim isNear = new(), isSpinning = new();
        long due = long.MaxValue;
        if (point == StopPoint.Sending)
        {
            // The call into the kernel holds its thread: another one ends the process meanwhile.
            new Thread(() =>
            {
                isNear.Wait();
                isSpinning.Set();
                while (Stopwatch.GetTimestamp() < Volatile.Read(ref due))
                {
                }

                _ = Kill(Environment.ProcessId, SigKill);
            })
            { IsBackground = true }.Start();
        }

        Interruption.Reached = here =>
        {
            marker.Point = here;
            if (point == StopPoint.Sending && here == StopPoint.BeforeTransaction && reached == count - 1)
            {
                isNear.Set();
                isSpinning.Wait();
            }

            if (here != point || ++reached != count)
            {
                return;
            }

            if (point != StopPoint.Sending)
            {
                _ = Kill(Environment.ProcessId, SigKill);
            }

            Volatile.Write(ref due, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));
        };
        using NftApplier applier = new() { Grace = TimeSpan.FromMilliseconds(2), ProvenCells = 0 };
        new ChaosScript(seed).Run(applier, arguments[1], i => marker.Change = i + 1);
        Thread.Sleep(TimeSpan.FromSeconds(point == StopPoint.Sending ? 1 : 0));
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
