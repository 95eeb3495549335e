using NetPolicy.Laws;

namespace NetPolicy.Fuzz.Mutations;

/// <summary>Changes bytes without knowing what they mean.</summary>
public static class ByteMutation
{
    private static readonly byte[][] s_pieces =
    [
        [0], [0xFF], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80, 0xA8], [0xC2, 0x85], [0xF0, 0x9F, 0x98, 0x80], [0xE2, 0x80],
        "\r"u8.ToArray(), "\r\n"u8.ToArray(), "\n"u8.ToArray(), "\t"u8.ToArray(), "---\n"u8.ToArray(), "\n---\n"u8.ToArray(), "\n...\n"u8.ToArray(), "- "u8.ToArray(), ": "u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(),
        ","u8.ToArray(), "\""u8.ToArray(), "'"u8.ToArray(), "\\"u8.ToArray(), "\\u"u8.ToArray(), "\\uD800"u8.ToArray(), "&a "u8.ToArray(), "*a"u8.ToArray(), "!x "u8.ToArray(), "!!binary "u8.ToArray(), "<<: "u8.ToArray(), "#"u8.ToArray(), " #"u8.ToArray(), "|\n"u8.ToArray(), ">-\n"u8.ToArray(),
        "%YAML 1.1\n"u8.ToArray(), "%TAG ! x\n"u8.ToArray(), "? "u8.ToArray(), "null"u8.ToArray(), "1e999"u8.ToArray(), "/*"u8.ToArray(), "//"u8.ToArray(),
    ];

    /// <summary>A few changes.</summary>
    /// <param name="bytes">What to change.</param>
    /// <param name="other">Where slices may come from.</param>
    /// <param name="dice">The choices.</param>
    public static byte[] Apply(byte[] bytes, byte[] other, Dice dice)
    {
        List<byte> changed = [.. bytes];
        for (int i = dice.Weighted((6, 1), (3, 2), (2, 4), (1, 12)); i > 0; i--)
        {
            ApplyOne(changed, other, dice);
        }

        return [.. changed];
    }

    private static void ApplyOne(List<byte> bytes, byte[] other, Dice dice)
    {
        int at = dice.Below(bytes.Count + 1);
        int left = bytes.Count - at;
        switch (dice.Below(8))
        {
            case 0 when left > 0:
                bytes[at] = (byte)dice.Below(256);
                break;
            case 1 when left > 0:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 2 when left > 0:
                bytes.RemoveRange(at, Math.Min(left, dice.Pick(1, 2, 5, 40, 400)));
                break;
            case 3 when left > 0:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(left, dice.Pick(1, 8, 60, 500))));
                break;
            case 4 when other.Length > 0:
                int from = dice.Below(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, dice.Pick(1, 8, 60, 500))).ToArray());
                break;
            case 5 when dice.Chance(20):
                bytes.RemoveRange(at, left);
                break;
            default:
                byte[] piece = dice.Pick<byte[]>(s_pieces);
                for (int i = dice.Weighted((20, 1), (2, 3), (1, 200)); i > 0; i--)
                {
                    bytes.InsertRange(at, piece);
                }

                break;
        }
    }
}
