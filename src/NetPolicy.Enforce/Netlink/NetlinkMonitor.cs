using System.Globalization;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Listens to changes of the packet filter of one namespace, to any table by anybody, and says whether one table was among them. For one thread at a time.</summary>
internal sealed class NetlinkMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly string _table;
    private bool _isTouched;

    /// <summary>Starts to listen.</summary>
    /// <param name="place">The namespace; null for the calling thread's.</param>
    /// <param name="table">The table.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetlinkMonitor(NetworkNamespace? place, string table = "netpol")
    {
        _table = table;
        _socket = NetlinkSocket.Open(place);
        try
        {
            _socket.Join(Nf.GroupTables);
        }
        catch (NetlinkException)
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>What stands between it and the kernel in tests; null for nothing.</summary>
    internal NetlinkFault? Fault { init => _socket.Fault = value; }

    public void Dispose() => _socket.Dispose();

    /// <summary>Waits for a change that was not made by this process.</summary>
    /// <param name="time">How long to wait.</param>
    /// <returns>The change; null if there was none in time.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetlinkChange? WaitForOthers(TimeSpan time)
    {
        const string What = "listening to changes of the packet filter";
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (true)
        {
            while (_socket.TryReceive(What, wait: false, out ReadOnlySpan<byte> datagram, out bool isOverrun))
            {
                if (isOverrun)
                {
                    _isTouched = false;
                    return new NetlinkChange(0, 0, "", IsOurTable: true);
                }

                if (Read(datagram) is { } change && !IsOwn(change.Process))
                {
                    return change;
                }
            }

            long rest = end - Environment.TickCount64;
            if (rest <= 0 || (!_socket.Poll(TimeSpan.FromMilliseconds(rest)) && Environment.TickCount64 >= end))
            {
                return null;
            }
        }
    }

    private NetlinkChange? Read(ReadOnlySpan<byte> datagram)
    {
        NetlinkMessages messages = new(datagram);
        NetlinkChange? change = null;
        while (messages.MoveNext())
        {
            if (messages.Type != Nf.NewGeneration)
            {
                _isTouched |= NamesTable(messages.Attributes);
                continue;
            }

            uint generation = 0;
            int process = 0;
            string name = "";
            NetlinkReader reader = new(messages.Attributes);
            while (reader.MoveNext())
            {
                switch (reader.Type)
                {
                    case NftAttribute.GenerationId:
                        generation = reader.UInt32;
                        break;
                    case NftAttribute.GenerationProcess:
                        process = unchecked((int)reader.UInt32);
                        break;
                    case NftAttribute.GenerationProcessName:
                        name = reader.Text;
                        break;
                    default:
                        break;
                }
            }

            // What belongs to a change is told before it.
            change = new NetlinkChange(generation, process, name, _isTouched | change is { IsOurTable: true });
            _isTouched = false;
        }

        return change;
    }

    // All that is in a table, and the table itself, has its name first.
    private bool NamesTable(ReadOnlySpan<byte> attributes)
    {
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            if (reader.Type == 1)
            {
                return reader.Text == _table;
            }
        }

        return false;
    }

    // The kernel names the thread.
    private static bool IsOwn(int thread) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}"));
}
