using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Lab;

/// <summary>Sends Ethernet frames by a packet socket, many per system call.</summary>
internal sealed unsafe class FrameSender : IDisposable
{
    /// <summary>Frames that fit before <see cref="Flush"/> is called for the caller.</summary>
    internal const int Capacity = 64;

    private readonly int _socket;
    private readonly byte* _frames;
    private readonly LibC.MessageHeader* _messages;
    private readonly LibC.IoVector* _vectors;
    private readonly LibC.LinkAddress* _addresses;
    private int _count;

    /// <summary>Whether packets were queued since it was last set to false.</summary>
    internal bool IsUnsettled { get; set; }

    /// <summary>Opens the socket in the calling thread's namespace.</summary>
    internal FrameSender()
    {
        _socket = LibC.Check(LibC.Socket(LibC.FamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0), "socket(AF_PACKET)");
        LibC.SetOption(_socket, LibC.SolPacket, LibC.PacketQdiscBypass, 1, "PACKET_QDISC_BYPASS");
        LibC.EnlargeBuffer(_socket, LibC.SoSendBufferForce, 16 << 20);
        _frames = (byte*)NativeMemory.AllocZeroed(Capacity, PacketWriter.MaximumLength * 2);
        _messages = (LibC.MessageHeader*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.MessageHeader));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.IoVector));
        _addresses = (LibC.LinkAddress*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.LinkAddress));
        for (int at = 0; at < Capacity; at++)
        {
            _vectors[at].Base = _frames + (at * PacketWriter.MaximumLength * 2);
            _addresses[at].Family = LibC.FamilyPacket;
            _addresses[at].AddressLength = 6;
            _messages[at].Name = &_addresses[at];
            _messages[at].NameLength = (uint)sizeof(LibC.LinkAddress);
            _messages[at].Vectors = &_vectors[at];
            _messages[at].VectorCount = 1;
        }
    }

    public void Dispose()
    {
        _ = LibC.Close(_socket);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
    }

    /// <summary>Queues an IP packet to leave by an interface, towards the node.</summary>
    internal void AddPacket(int interfaceIndex, ReadOnlySpan<byte> ip)
    {
        IsUnsettled = true;
        Span<byte> frame = Next(interfaceIndex, PacketWriter.EthernetLength + ip.Length);
        WriteHardware(frame, LabPlan.HostHardware);
        WriteHardware(frame[6..], LabPlan.PeerHardware);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], ip[0] >> 4 == 6 ? (ushort)0x86dd : (ushort)0x0800);
        ip.CopyTo(frame[PacketWriter.EthernetLength..]);
    }

    /// <summary>Queues the question who has <paramref name="target"/>, asked from a hardware address that the answer repeats.</summary>
    internal void AddQuestion(int interfaceIndex, ulong asker, WireAddress target)
    {
        Span<byte> frame = Next(interfaceIndex, 42);
        frame.Clear();
        WriteHardware(frame, 0xffffffffffff);
        WriteHardware(frame[6..], asker);
        ReadOnlySpan<byte> request = [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1];
        request.CopyTo(frame[12..]);
        WriteHardware(frame[22..], asker);
        target.Write(frame[38..]);
    }

    /// <summary>Queues a frame as it is to leave by an interface.</summary>
    internal void AddFrame(int interfaceIndex, ReadOnlySpan<byte> frame) => frame.CopyTo(Next(interfaceIndex, frame.Length));

    /// <summary>Sends what is queued.</summary>
    internal void Flush()
    {
        int sent = 0;
        while (sent < _count)
        {
            int now = LibC.SendMany(_socket, _messages + sent, (uint)(_count - sent), 0);
            if (now < 0)
            {
                if (Marshal.GetLastPInvokeError() is LibC.Interrupted or LibC.TryAgain)
                {
                    continue;
                }

                _count = 0;
                throw LibC.Failure("sendmmsg(AF_PACKET)");
            }

            sent += now;
        }

        _count = 0;
    }

    private static void WriteHardware(Span<byte> to, ulong address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)address);
    }

    private Span<byte> Next(int interfaceIndex, int length)
    {
        if (_count == Capacity)
        {
            Flush();
        }

        int at = _count++;
        _addresses[at].InterfaceIndex = interfaceIndex;
        _vectors[at].Length = (nuint)length;
        return new Span<byte>(_vectors[at].Base, length);
    }
}
