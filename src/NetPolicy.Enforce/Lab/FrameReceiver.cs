using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Lab;

/// <summary>Receives the frames that arrive at a namespace's interfaces, many per system call, without waiting.</summary>
internal sealed unsafe class FrameReceiver : IDisposable
{
    private const int Capacity = 64;
    private const int FrameLength = 1600;
    private const ushort EveryProtocol = 3;

    private readonly int _socket;
    private readonly byte* _frames;
    private readonly LibC.MessageHeader* _messages;
    private readonly LibC.IoVector* _vectors;
    private readonly LibC.LinkAddress* _addresses;

    /// <summary>Opens the socket in the calling thread's namespace.</summary>
    /// <param name="interfaceIndex">The only interface to hear, or 0 for all.</param>
    internal FrameReceiver(int interfaceIndex)
    {
        _socket = LibC.Check(LibC.Socket(LibC.FamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0), "socket(AF_PACKET)");
        LibC.SetOption(_socket, LibC.SolPacket, LibC.PacketIgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING");
        LibC.EnlargeBuffer(_socket, LibC.SoReceiveBufferForce, 16 << 20);
        LibC.LinkAddress address = new()
        {
            Family = LibC.FamilyPacket,
            ProtocolBigEndian = BinaryPrimitives.ReverseEndianness(EveryProtocol),
            InterfaceIndex = interfaceIndex,
        };
        if (!BitConverter.IsLittleEndian)
        {
            address.ProtocolBigEndian = EveryProtocol;
        }

        LibC.Check(LibC.Bind(_socket, &address, (uint)sizeof(LibC.LinkAddress)), "bind(AF_PACKET)");
        _frames = (byte*)NativeMemory.AllocZeroed(Capacity, FrameLength);
        _messages = (LibC.MessageHeader*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.MessageHeader));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.IoVector));
        _addresses = (LibC.LinkAddress*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(LibC.LinkAddress));
        for (int at = 0; at < Capacity; at++)
        {
            _vectors[at].Base = _frames + (at * FrameLength);
            _vectors[at].Length = FrameLength;
            _messages[at].Name = &_addresses[at];
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

    /// <summary>Receives what is there; at most <see cref="Capacity"/> frames, valid until the next call. Returns how many.</summary>
    internal int Receive()
    {
        for (int at = 0; at < Capacity; at++)
        {
            _messages[at].NameLength = (uint)sizeof(LibC.LinkAddress);
        }

        while (true)
        {
            int count = LibC.ReceiveMany(_socket, _messages, Capacity, LibC.DontWait, null);
            if (count >= 0)
            {
                return count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.TryAgain:
                    return 0;
                case LibC.Interrupted:
                    continue;
                default:
                    throw LibC.Failure("recvmmsg(AF_PACKET)");
            }
        }
    }

    /// <summary>One of the frames received last.</summary>
    internal ReadOnlySpan<byte> Frame(int at) =>
        new(_vectors[at].Base, (int)Math.Min((uint)_messages[at].TransferredLength, FrameLength));

    /// <summary>The interface it arrived at.</summary>
    internal int InterfaceOf(int at) => _addresses[at].InterfaceIndex;

    /// <summary>Waits until something is there, at most so long.</summary>
    internal void Wait(int milliseconds)
    {
        LibC.PollRequest request = new() { Descriptor = _socket, Events = 1 };
        _ = LibC.Poll(&request, 1, milliseconds);
    }

    /// <summary>How many frames did not fit since the last call: verdicts would be wrong.</summary>
    internal int TakeLosses()
    {
        uint* statistics = stackalloc uint[2];
        uint length = 8;
        LibC.Check(LibC.GetOption(_socket, LibC.SolPacket, LibC.PacketStatistics, statistics, &length), "getsockopt(PACKET_STATISTICS)");
        return (int)statistics[1];
    }
}
