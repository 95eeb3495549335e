using NetPolicy.Enforce.Lab;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>Two threads, each on a processor of its own, that send as fast as they can.</summary>
internal sealed class Senders : IDisposable
{
    private readonly Thread[] _threads;
    private readonly long[] _sent = new long[2];
    private Exception? _thrown;
    private bool _isStopped;

    public Senders(Wire wire, string from, IEnumerable<byte[]> packets)
    {
        int index = wire.IndexOf(from);
        _threads = [.. Enumerable.Range(0, 2).Select(cpu => new Thread(() => Run(wire, index, packets, cpu)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public bool AreBusy => _threads.Any(t => t.IsAlive);

    public long Sent => Volatile.Read(ref _sent[0]) + Volatile.Read(ref _sent[1]);

    public long Finish()
    {
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        Assert.Null(_thrown);
        return Sent;
    }

    /// <summary>A packet so many times, and more while there is not enough yet.</summary>
    public static IEnumerable<byte[]> Repeat(byte[] packet, int least, Func<bool> isEnough)
    {
        for (int i = 0; i < least || !isEnough(); i++)
        {
            yield return packet;
        }
    }

    /// <summary>Ends them at once.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isStopped, true);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Run(Wire wire, int index, IEnumerable<byte[]> packets, int cpu)
    {
        try
        {
            using (FrameSender sender = wire.NewSender())
            using (CpuPin.To(cpu % Environment.ProcessorCount))
            {
                int queued = 0;
                foreach (byte[] packet in packets)
                {
                    sender.AddPacket(index, packet);
                    if (++queued == FrameSender.Capacity)
                    {
                        sender.Flush();
                        Volatile.Write(ref _sent[cpu], _sent[cpu] + queued);
                        queued = 0;
                        if (Volatile.Read(ref _isStopped))
                        {
                            break;
                        }
                    }
                }

                sender.Flush();
                Volatile.Write(ref _sent[cpu], _sent[cpu] + queued);
            }
        }
        catch (LabException exception)
        {
            _thrown = exception;
        }
    }
}
