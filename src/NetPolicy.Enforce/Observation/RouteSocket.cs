using System.Buffers.Binary;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>A netlink socket of the calling thread's network namespace, for reading interfaces, addresses, routes and connections without a program.</summary>
/// <remarks>Machines that store numbers with the low byte first, as all of .NET's Linux machines do.</remarks>
internal sealed unsafe class RouteSocket : IDisposable
{
    /// <summary>The kernel's number of routing netlink.</summary>
    internal const int NetlinkRoute = 0;

    /// <summary>The kernel's number of netfilter netlink.</summary>
    internal const int NetlinkNetfilter = 12;

    private const int HeaderLength = 16;
    private const ushort RequestDump = 1 | 0x300;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[1 << 17];
    private uint _sequence;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="LabException">The kernel refused.</exception>
    internal RouteSocket(int protocol = NetlinkRoute)
    {
        _socket = LibC.Check(LibC.Socket(LibC.FamilyNetlink, LibC.SocketRaw | LibC.CloseOnExec, protocol), "socket(AF_NETLINK)");
    }

    public void Dispose() => _ = LibC.Close(_socket);

    /// <summary>Sets an option of the socket.</summary>
    /// <exception cref="LabException">The kernel refused.</exception>
    internal void SetOption(int level, int option, int value, string name) => LibC.SetOption(_socket, level, option, value, name);

    /// <summary>Everything the kernel lists for a request.</summary>
    /// <exception cref="LabException">The kernel refused.</exception>
    internal List<RouteMessage> Dump(ushort type, ReadOnlySpan<byte> body)
    {
        Send(type, RequestDump, body);
        List<RouteMessage> messages = [];
        int error;
        while (Receive(messages, out error))
        {
        }

        ThrowIf(error);
        return messages;
    }

    private void Send(ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        byte[] request = new byte[HeaderLength + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(8), ++_sequence);
        body.CopyTo(request.AsSpan(HeaderLength));
        fixed (byte* bytes = request)
        {
            LibC.Check((int)LibC.Send(_socket, bytes, (nuint)request.Length, 0), "send(AF_NETLINK)");
        }
    }

    private static void ThrowIf(int error)
    {
        if (error != 0)
        {
            throw new LabException("dump(AF_NETLINK)", System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error), "");
        }
    }

    // False at the end of the answer.
    private bool Receive(List<RouteMessage> messages, out int error)
    {
        error = 0;
        int received;
        fixed (byte* bytes = _buffer)
        {
            received = LibC.Check((int)LibC.Receive(_socket, bytes, (nuint)_buffer.Length, 0), "recv(AF_NETLINK)");
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, received);
        while (rest.Length >= HeaderLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
            if (length < HeaderLength || length > rest.Length)
            {
                throw new LabException("recv(AF_NETLINK)", "a message that does not fit its own length", "");
            }

            if (type == TypeDone)
            {
                return false;
            }

            if (type == TypeError)
            {
                error = -BinaryPrimitives.ReadInt32LittleEndian(rest[HeaderLength..]);
                return false;
            }

            messages.Add(new RouteMessage(type, rest[HeaderLength..length].ToArray()));
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return true;
    }
}
