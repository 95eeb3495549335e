using System.Globalization;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Listens to changes of the packet filter of one namespace, to any table by anybody. For one thread at a time.</summary>
internal sealed class NetlinkMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;

    /// <summary>Starts to listen.</summary>
    /// <param name="place">The namespace; null for the calling thread's.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetlinkMonitor(NetworkNamespace? place)
    {
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
                    return new NetlinkChange(0, 0, "");
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

    private static NetlinkChange? Read(ReadOnlySpan<byte> datagram)
    {
        NetlinkMessages messages = new(datagram);
        NetlinkChange? change = null;
        while (messages.MoveNext())
        {
            if (messages.Type != Nf.NewGeneration)
            {
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

            change = new NetlinkChange(generation, process, name);
        }

        return change;
    }

    // The kernel names the thread.
    private static bool IsOwn(int thread) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}"));
}
