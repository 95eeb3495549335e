using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace NetPolicy.Manifests.Nodes;

/// <summary>
/// Makes equal short texts one object: field names, label values and namespaces are written thousands of times in a large inventory. Remembers a fixed number of
/// texts; what does not fit is only not shared.
/// </summary>
internal sealed class TextPool
{
    private const int Longest = 64;
    private const int Slots = 1 << 13;

    private readonly string?[] _slots = new string?[Slots];

    /// <summary>The text of valid UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref string? slot = ref _slots[Hash(utf8) % Slots];
        return slot is { } known && known.Length == utf8.Length && Ascii.Equals(utf8, known) ? known : slot = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The same text, perhaps as an object that was there before.</summary>
    public string Get(string text)
    {
        if (text.Length is 0 or > Longest)
        {
            return text;
        }

        ref string? slot = ref _slots[Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan())) % Slots];
        return slot is { } known && known == text ? known : slot = text;
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
