using System.Buffers.Binary;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>A routing netlink socket of the calling thread's network namespace, for reading interfaces, addresses and routes without a program.</summary>
/// <remarks>Machines that store numbers with the low byte first, as all of .NET's Linux machines do.</remarks>
internal sealed unsafe class RouteSocket : IDisposable
{
    private const int NetlinkRoute = 0;
    private const int HeaderLength = 16;
    private const ushort RequestDump = 1 | 0x300;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[1 << 17];
    private uint _sequence;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="LabException">The kernel refused.</exception>
    internal RouteSocket()
    {
        _socket = LibC.Check(LibC.Socket(LibC.FamilyNetlink, LibC.SocketRaw | LibC.CloseOnExec, NetlinkRoute), "socket(NETLINK_ROUTE)");
    }

    public void Dispose() => _ = LibC.Close(_socket);

    /// <summary>Everything the kernel lists for a request.</summary>
    /// <exception cref="LabException">The kernel refused.</exception>
    internal List<RouteMessage> Dump(ushort type, ReadOnlySpan<byte> body)
    {
        byte[] request = new byte[HeaderLength + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), RequestDump);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(8), ++_sequence);
        body.CopyTo(request.AsSpan(HeaderLength));
        fixed (byte* bytes = request)
        {
            LibC.Check((int)LibC.Send(_socket, bytes, (nuint)request.Length, 0), "send(NETLINK_ROUTE)");
        }

        List<RouteMessage> messages = [];
        while (Receive(messages))
        {
        }

        return messages;
    }

    private bool Receive(List<RouteMessage> messages)
    {
        int received;
        fixed (byte* bytes = _buffer)
        {
            received = LibC.Check((int)LibC.Receive(_socket, bytes, (nuint)_buffer.Length, 0), "recv(NETLINK_ROUTE)");
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, received);
        while (rest.Length >= HeaderLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
            if (length < HeaderLength || length > rest.Length)
            {
                throw new LabException("recv(NETLINK_ROUTE)", "a message that does not fit its own length", "");
            }

            if (type == TypeDone)
            {
                return false;
            }

            if (type == TypeError)
            {
                int error = -BinaryPrimitives.ReadInt32LittleEndian(rest[HeaderLength..]);
                return error == 0 ? false : throw new LabException("dump(NETLINK_ROUTE)", System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error), "");
            }

            messages.Add(new RouteMessage(type, rest[HeaderLength..length].ToArray()));
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return true;
    }
}
