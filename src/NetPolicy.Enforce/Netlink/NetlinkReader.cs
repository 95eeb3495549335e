using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Walks through attributes that lie one behind the other. Whatever the bytes are, it reads nothing outside of them.</summary>
internal ref struct NetlinkReader
{
    private const ushort TypeMask = 0x3fff;
    private ReadOnlySpan<byte> _rest;

    public NetlinkReader(ReadOnlySpan<byte> attributes)
    {
        _rest = attributes;
        Type = 0;
        Value = default;
    }

    /// <summary>Type of the attribute <see cref="MoveNext"/> came to.</summary>
    public ushort Type { get; private set; }

    /// <summary>Its content.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The content as attributes.</summary>
    public readonly NetlinkReader Nested => new(Value);

    public readonly ulong UInt64 => BinaryPrimitives.ReadUInt64BigEndian(Sized(8));

    public readonly uint UInt32 => BinaryPrimitives.ReadUInt32BigEndian(Sized(4));

    public readonly ushort UInt16 => BinaryPrimitives.ReadUInt16BigEndian(Sized(2));

    public readonly byte UInt8 => Sized(1)[0];

    /// <summary>Text up to its zero.</summary>
    public readonly string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return _rest.IsEmpty ? false : throw new NetlinkException("the kernel's answer ends inside an attribute");
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            throw new NetlinkException("the kernel's answer has an attribute of impossible length");
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    private readonly ReadOnlySpan<byte> Sized(int length) =>
        Value.Length == length ? Value : throw new NetlinkException("the kernel's answer has a number of another size than expected");
}
