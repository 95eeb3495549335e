using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Makes equal short texts one object: field names, label values and namespaces are written thousands of times in a large inventory. Remembers a fixed number of
/// texts; what does not fit is only not shared.
/// </summary>
internal sealed class TextPool
{
    private const int Longest = 64;
    private const int FewSlots = 1 << 8;
    private const int MostSlots = 1 << 14;

    private string?[] _slots = new string?[FewSlots];
    private int _added;

    /// <summary>The text of valid UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        uint hash = Hash(utf8);
        return _slots[hash % (uint)_slots.Length] is { } known && known.Length == utf8.Length && Ascii.Equals(utf8, known) ? known : Add(hash, Encoding.UTF8.GetString(utf8));
    }

    /// <summary>The same text, perhaps as an object that was there before.</summary>
    public string Get(string text)
    {
        if (text.Length is 0 or > Longest)
        {
            return text;
        }

        uint hash = Hash(MemoryMarshal.AsBytes(text.AsSpan()));
        return _slots[hash % (uint)_slots.Length] is { } known && known == text ? known : Add(hash, text);
    }

    // A small text needs few slots. Those that are there are forgotten when there are more.
    private string Add(uint hash, string text)
    {
        if (++_added > _slots.Length && _slots.Length < MostSlots)
        {
            _added = 0;
            _slots = new string?[4 * _slots.Length];
        }

        return _slots[hash % (uint)_slots.Length] = text;
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = (uint)bytes.Length;
        for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
        {
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes)) * 0x9E3779B1u, 15);
        }

        foreach (byte b in bytes)
        {
            hash = BitOperations.RotateLeft((hash ^ b) * 0x85EBCA6Bu, 13);
        }

        return hash ^ (hash >> 16);
    }
}
