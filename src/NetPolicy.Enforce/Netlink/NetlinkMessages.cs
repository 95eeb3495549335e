using System.Runtime.InteropServices;
using System.Text;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Walks through the messages of a datagram.</summary>
internal ref struct NetlinkMessages
{
    private const int NetlinkHeader = 16;
    private const ushort TextAttribute = 1;
    private const ushort HasText = 0x200;
    private const ushort IsCapped = 0x100;
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _message;

    public NetlinkMessages(ReadOnlySpan<byte> datagram)
    {
        _rest = datagram;
        _message = default;
    }

    public readonly ushort Type => MemoryMarshal.Read<ushort>(_message[4..]);

    public readonly ushort Flags => MemoryMarshal.Read<ushort>(_message[6..]);

    public readonly uint Sequence => MemoryMarshal.Read<uint>(_message[8..]);

    /// <summary>The attributes behind netfilter's own header.</summary>
    public readonly ReadOnlySpan<byte> Attributes => _message.Length >= NetlinkWriter.HeaderLength
        ? _message[NetlinkWriter.HeaderLength..]
        : throw new NetlinkException("the kernel's answer has a message without its header");

    /// <summary>The error of an acknowledgement or of the end of a listing, positive; 0 for none.</summary>
    public readonly int ErrorNumber => _message.Length >= NetlinkHeader + 4 ? -MemoryMarshal.Read<int>(_message[NetlinkHeader..]) : 0;

    /// <summary>What the kernel says beside an error; empty if nothing.</summary>
    public readonly string ErrorText
    {
        get
        {
            int at = NetlinkHeader + 4 + NetlinkHeader;
            if (Type != Nf.Error || (Flags & HasText) == 0 || _message.Length < at)
            {
                return "";
            }

            if ((Flags & IsCapped) == 0)
            {
                at += Math.Max(0, (int)MemoryMarshal.Read<uint>(_message[(NetlinkHeader + 4)..]) - NetlinkHeader + 3) & ~3;
            }

            if (at >= _message.Length)
            {
                return "";
            }

            NetlinkReader reader = new(_message[at..]);
            while (reader.MoveNext())
            {
                if (reader.Type == TextAttribute)
                {
                    return Printable(reader.Text);
                }
            }

            return "";
        }
    }

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkHeader)
        {
            return _rest.IsEmpty ? false : throw new NetlinkException("the kernel's answer ends inside a message");
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkHeader || length > (uint)_rest.Length)
        {
            throw new NetlinkException("the kernel's answer has a message of impossible length");
        }

        _message = _rest[..(int)length];
        _rest = _rest[Math.Min(_rest.Length, ((int)length + 3) & ~3)..];
        return true;
    }

    private static string Printable(string text)
    {
        StringBuilder kept = new();
        foreach (char c in text)
        {
            kept.Append(char.IsControl(c) ? ' ' : c);
        }

        return kept.ToString();
    }
}
