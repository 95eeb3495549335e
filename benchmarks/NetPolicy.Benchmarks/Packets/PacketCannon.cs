using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>Sends frames that were built before, 64 with each system call, past all queues: what a packet costs the node is then nearly all that the sender waits for.</summary>
internal sealed unsafe class PacketCannon : IDisposable
{
    private const int Batch = 64;
    private const int FrameLength = 128;

    private readonly int _socket;
    private readonly int _count;
    private readonly byte* _frames;
    private readonly LibC.MessageHeader* _messages;
    private readonly LibC.IoVector* _vectors;
    private readonly LibC.LinkAddress* _addresses;

    /// <summary>Loads frames; a multiple of 64 of them.</summary>
    /// <param name="place">The namespace of the interfaces.</param>
    /// <param name="packets">By which interface, and the IP packet.</param>
    public PacketCannon(NetworkNamespace place, IReadOnlyList<(int Interface, byte[] Ip)> packets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(packets.Count % Batch, 0);
        _count = packets.Count;
        _socket = place.Run(() => LibC.Check(LibC.Socket(LibC.FamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0), "socket(AF_PACKET)"));
        LibC.SetOption(_socket, LibC.SolPacket, LibC.PacketQdiscBypass, 1, "PACKET_QDISC_BYPASS");
        LibC.EnlargeBuffer(_socket, LibC.SoSendBufferForce, 16 << 20);
        _frames = (byte*)NativeMemory.AllocZeroed((nuint)_count, FrameLength);
        _messages = (LibC.MessageHeader*)NativeMemory.AllocZeroed((nuint)_count, (nuint)sizeof(LibC.MessageHeader));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed((nuint)_count, (nuint)sizeof(LibC.IoVector));
        _addresses = (LibC.LinkAddress*)NativeMemory.AllocZeroed((nuint)_count, (nuint)sizeof(LibC.LinkAddress));
        for (int at = 0; at < _count; at++)
        {
            (int index, byte[] ip) = packets[at];
            Span<byte> frame = new(_frames + (at * FrameLength), FrameLength);
            Hardware(frame, LabPlan.HostHardware);
            Hardware(frame[6..], LabPlan.PeerHardware);
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
            ip.CopyTo(frame[PacketWriter.EthernetLength..]);
            _vectors[at].Base = _frames + (at * FrameLength);
            _vectors[at].Length = (nuint)(PacketWriter.EthernetLength + ip.Length);
            _addresses[at].Family = LibC.FamilyPacket;
            _addresses[at].AddressLength = 6;
            _addresses[at].InterfaceIndex = index;
            _messages[at].Name = &_addresses[at];
            _messages[at].NameLength = (uint)sizeof(LibC.LinkAddress);
            _messages[at].Vectors = &_vectors[at];
            _messages[at].VectorCount = 1;
        }
    }

    /// <summary>Sends so many packets, over and over again those there are, and returns the nanoseconds of each.</summary>
    public double Fire(int packets)
    {
        using CpuPin pin = CpuPin.To(Environment.ProcessorCount - 1);
        int sent = 0;
        long started = Stopwatch.GetTimestamp();
        while (sent < packets)
        {
            int at = sent % _count;
            int now = LibC.SendMany(_socket, _messages + at, (uint)Math.Min(Batch, _count - at), 0);
            sent += now >= 0 || Marshal.GetLastPInvokeError() is LibC.Interrupted or LibC.TryAgain ? Math.Max(now, 0) : throw LibC.Failure("sendmmsg(AF_PACKET)");
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / sent;
    }

    public void Dispose()
    {
        _ = LibC.Close(_socket);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
    }

    private static void Hardware(Span<byte> to, ulong address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)address);
    }
}
