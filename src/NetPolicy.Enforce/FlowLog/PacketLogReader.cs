using System.Buffers.Binary;
using System.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;

namespace NetPolicy.Enforce.FlowLog;

/// <summary>Reads the packets that rules report to a group of the kernel's packet log. For one thread at a time; one reader for each group.</summary>
public sealed class PacketLogReader : IDisposable
{
    private const ushort PacketMessage = 4 << 8;
    private const ushort ConfigureMessage = (4 << 8) | 1;
    private const ushort ConfigureCommand = 1;
    private const ushort ConfigureMode = 2;
    private const ushort ConfigureTimeout = 4;
    private const ushort ConfigureThreshold = 5;
    private const ushort ConfigureFlags = 6;
    private const byte CommandBind = 1;
    private const byte CopyPacket = 2;
    private const ushort FlagSequence = 1;
    private const ushort Payload = 9;
    private const ushort Prefix = 10;
    private const ushort Sequence = 12;
    private const uint BytesOfEach = 128;

    private readonly NetlinkSocket _socket;
    private uint _nextSequence;
    private bool _hasSequence;

    /// <summary>Listens to a group.</summary>
    /// <param name="networkNamespace">A namespace that <c>ip netns</c> named; null for this machine.</param>
    /// <param name="group">The group that rules write to.</param>
    /// <exception cref="NftException">The kernel refused: no privilege, or somebody else reads the group.</exception>
    public PacketLogReader(string? networkNamespace, ushort group)
    {
        try
        {
            if (networkNamespace is null)
            {
                _socket = new NetlinkSocket();
            }
            else
            {
                using NetworkNamespace place = NetworkNamespace.Open(networkNamespace);
                _socket = NetlinkSocket.Open(place);
            }

            Configure(group);
        }
        catch (Exception exception) when (exception is NetlinkException or LabException)
        {
            _socket?.Dispose();
            throw new NftException($"the packet log's group {group} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>How many reports were lost because they came faster than they were read: at least, as the kernel does not always say how many.</summary>
    public long Dropped { get; private set; }

    /// <summary>Waits for reports and hands them on.</summary>
    /// <returns>How many came within the time.</returns>
    /// <exception cref="NftException">The kernel told something that cannot be understood.</exception>
    public int Read(TimeSpan time, Action<LoggedPacket> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        int count = 0;
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            while (watch.Elapsed < time)
            {
                if (!_socket.Poll(time - watch.Elapsed))
                {
                    break;
                }

                if (!_socket.TryReceive("reading the packet log", wait: false, out ReadOnlySpan<byte> datagram, out bool overrun))
                {
                    continue;
                }

                if (overrun)
                {
                    Dropped++;
                    continue;
                }

                NetlinkMessages messages = new(datagram);
                while (messages.MoveNext())
                {
                    if (messages.Type == PacketMessage && Packet(new NetlinkReader(messages.Attributes)) is { } packet)
                    {
                        take(packet);
                        count++;
                    }
                }
            }
        }
        catch (NetlinkException exception)
        {
            throw new NftException(exception.Message, exception);
        }

        return count;
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _socket.Dispose();

    private LoggedPacket? Packet(NetlinkReader reader)
    {
        string prefix = "";
        ReadOnlySpan<byte> payload = default;
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Payload:
                    payload = reader.Value;
                    break;
                case Prefix:
                    prefix = reader.Text;
                    break;
                case Sequence:
                    uint number = reader.UInt32;
                    Dropped += _hasSequence ? number - _nextSequence : 0;
                    (_nextSequence, _hasSequence) = (unchecked(number + 1), true);
                    break;
                default:
                    break;
            }
        }

        return LoggedPacket.Read(prefix, payload);
    }

    private void Configure(ushort group)
    {
        using NetlinkWriter writer = new();
        writer.Begin(ConfigureMessage, Nf.Request | Nf.Acknowledge, 1, 0, group);
        writer.UInt8(ConfigureCommand, CommandBind);
        writer.End();
        Ask(writer);

        writer.Clear();
        writer.Begin(ConfigureMessage, Nf.Request | Nf.Acknowledge, 2, 0, group);
        Span<byte> mode = writer.Place(ConfigureMode, 6);
        BinaryPrimitives.WriteUInt32BigEndian(mode, BytesOfEach);
        mode[4] = CopyPacket;
        mode[5] = 0;

        // A report leaves the kernel after a tenth of a second at the latest, or with fifty others.
        writer.UInt32(ConfigureTimeout, 10);
        writer.UInt32(ConfigureThreshold, 50);
        writer.UInt16(ConfigureFlags, FlagSequence);
        writer.End();
        Ask(writer);
    }

    private void Ask(NetlinkWriter writer)
    {
        _socket.Send(writer.Written, "asking for the packet log");
        while (_socket.TryReceive("asking for the packet log", wait: true, out ReadOnlySpan<byte> datagram, out _))
        {
            NetlinkMessages messages = new(datagram);
            while (messages.MoveNext())
            {
                if (messages.Type == Nf.Error)
                {
                    if (messages.ErrorNumber != 0)
                    {
                        throw new NetlinkException(System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(messages.ErrorNumber));
                    }

                    return;
                }
            }
        }
    }
}
