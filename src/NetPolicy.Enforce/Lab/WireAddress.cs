using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NetPolicy.Enforce.Lab;

/// <summary>The bytes of an address, comparable. The default is no address.</summary>
internal readonly record struct WireAddress(byte Length, UInt128 Bits)
{
    internal bool IsV6 => Length == 16;

    internal static WireAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out int length);
        return Read(bytes[..length]);
    }

    internal static WireAddress Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? new WireAddress(4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
        : new WireAddress(16, BinaryPrimitives.ReadUInt128BigEndian(bytes));

    internal static bool SameFamily(IPAddress left, IPAddress right) => left.AddressFamily == right.AddressFamily;

    internal static bool IsIpv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether both are of one family and agree in their first <paramref name="count"/> bits.</summary>
    internal bool SharesBits(WireAddress other, int count) =>
        Length == other.Length && (count == 0 || (Bits ^ other.Bits) >> ((Length * 8) - count) == 0);

    internal void Write(Span<byte> bytes)
    {
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
        }
    }

    internal IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return new IPAddress(bytes[..Length]);
    }
}
