using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Writes netlink messages one behind the other into one growing buffer. Numbers in attributes are in network order, as netfilter wants them.</summary>
internal sealed class NetlinkWriter : IDisposable
{
    /// <summary>Bytes of a message before its attributes: the netlink header and netfilter's own.</summary>
    public const int HeaderLength = 20;

    /// <summary>Longest attribute, header included: its length has 16 bits.</summary>
    public const int MaxAttribute = ushort.MaxValue;

    private const ushort NestedFlag = 0x8000;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 14);
    private int _message = -1;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Forgets everything written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Starts a message. Type, flags and sequence number are in the machine's order, as netlink wants them.</summary>
    public void Begin(ushort type, ushort flags, uint sequence, byte family, ushort resource = 0)
    {
        _message = Length;
        Span<byte> header = Take(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
        header[16] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[18..], resource);
    }

    /// <summary>Ends the message begun last.</summary>
    public void End()
    {
        MemoryMarshal.Write(_buffer.AsSpan(_message), (uint)(Length - _message));
        _message = -1;
    }

    /// <summary>Adds flags to the message that begins at <paramref name="at"/>.</summary>
    public void AddFlags(int at, ushort flags)
    {
        Span<byte> place = _buffer.AsSpan(at + 6);
        MemoryMarshal.Write(place, (ushort)(MemoryMarshal.Read<ushort>(place) | flags));
    }

    /// <summary>Starts an attribute that holds attributes. Returns what <see cref="EndNested"/> wants.</summary>
    public int BeginNested(ushort type)
    {
        int at = Length;
        MemoryMarshal.Write(Take(4)[2..], (ushort)(type | NestedFlag));
        return at;
    }

    public void EndNested(int at)
    {
        int length = Length - at;
        if (length > MaxAttribute)
        {
            throw new InvalidOperationException("an attribute longer than netlink can say was written");
        }

        MemoryMarshal.Write(_buffer.AsSpan(at), (ushort)length);
    }

    public void Bytes(ushort type, ReadOnlySpan<byte> value) => value.CopyTo(Place(type, value.Length));

    public void UInt64(ushort type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Place(type, 8), value);

    public void UInt32(ushort type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Place(type, 4), value);

    public void UInt16(ushort type, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Place(type, 2), value);

    public void UInt8(ushort type, byte value) => Place(type, 1)[0] = value;

    /// <summary>Text with the zero that ends it.</summary>
    public void Text(ushort type, string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Span<byte> place = Place(type, length + 1);
        Encoding.UTF8.GetBytes(value, place);
    }

    /// <summary>An attribute of <paramref name="length"/> zero bytes to fill in at once.</summary>
    public Span<byte> Place(ushort type, int length)
    {
        Span<byte> all = Take((length + 4 + 3) & ~3);
        MemoryMarshal.Write(all, (ushort)(length + 4));
        MemoryMarshal.Write(all[2..], type);
        return all.Slice(4, length);
    }

    /// <summary>Attributes that are ready.</summary>
    public void Raw(ReadOnlySpan<byte> attributes) => attributes.CopyTo(Take(attributes.Length));

    /// <summary>An attribute that holds attributes which are ready.</summary>
    public void Nested(ushort type, ReadOnlySpan<byte> attributes)
    {
        int at = BeginNested(type);
        Raw(attributes);
        EndNested(at);
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - Length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + count));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        Span<byte> place = _buffer.AsSpan(Length, count);
        place.Clear();
        Length += count;
        return place;
    }
}
