using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Lab;

/// <summary>Sends finished IP packets as the node's own, so that they pass its output hook.</summary>
internal sealed unsafe class LocalSender : IDisposable
{
    private const int ProtocolRaw = 255;

    private readonly int _socket4;
    private readonly int _socket6;

    /// <summary>Opens the sockets in the calling thread's namespace.</summary>
    internal LocalSender()
    {
        _socket4 = LibC.Check(LibC.Socket(LibC.FamilyInet, LibC.SocketRaw | LibC.CloseOnExec, ProtocolRaw), "socket(AF_INET, SOCK_RAW)");
        _socket6 = LibC.Check(LibC.Socket(LibC.FamilyInet6, LibC.SocketRaw | LibC.CloseOnExec, ProtocolRaw), "socket(AF_INET6, SOCK_RAW)");
        LibC.SetOption(_socket4, LibC.SolIp, LibC.IpHeaderIncluded, 1, "IP_HDRINCL");
        LibC.SetOption(_socket6, LibC.SolIpv6, LibC.Ipv6HeaderIncluded, 1, "IPV6_HDRINCL");
    }

    public void Dispose()
    {
        _ = LibC.Close(_socket4);
        _ = LibC.Close(_socket6);
    }

    /// <summary>Sends one packet. That the rules refuse it is no error.</summary>
    internal void Send(ReadOnlySpan<byte> ip, WireAddress destination)
    {
        byte* address = stackalloc byte[28];
        Span<byte> bytes = new(address, 28);
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)(destination.IsV6 ? LibC.FamilyInet6 : LibC.FamilyInet));
        destination.Write(bytes[(destination.IsV6 ? 8 : 4)..]);
        fixed (byte* packet = ip)
        {
            while (true)
            {
                nint sent = LibC.SendTo(
                    destination.IsV6 ? _socket6 : _socket4, packet, (nuint)ip.Length, 0, address, destination.IsV6 ? 28u : 16u);
                if (sent >= 0)
                {
                    return;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case LibC.NotPermitted:
                    case LibC.AccessDenied:
                        return;
                    case LibC.Interrupted:
                    case LibC.NoBufferSpace:
                        continue;
                    default:
                        throw LibC.Failure("sendto(SOCK_RAW)");
                }
            }
        }
    }
}
