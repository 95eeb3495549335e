using System.Buffers.Binary;

namespace NetPolicy.Enforce.Observation;

/// <summary>One message of a routing netlink dump: the fixed header of its kind, then attributes.</summary>
/// <param name="Type">The message's type.</param>
/// <param name="Body">Header and attributes.</param>
internal readonly record struct RouteMessage(ushort Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>The attributes behind a header of <paramref name="headerLength"/> bytes; the first of each type counts.</summary>
    public Dictionary<int, ReadOnlyMemory<byte>> Attributes(int headerLength) => Nested(Body.Length > headerLength ? Body[headerLength..] : default);

    /// <summary>The attributes in a block of attributes.</summary>
    public static Dictionary<int, ReadOnlyMemory<byte>> Nested(ReadOnlyMemory<byte> rest)
    {
        Dictionary<int, ReadOnlyMemory<byte>> found = [];
        while (rest.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span);
            int type = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span[2..]) & 0x3fff;
            if (length < 4 || length > rest.Length)
            {
                break;
            }

            found.TryAdd(type, rest[4..length]);
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return found;
    }
}
