using System.Buffers.Binary;
using System.Numerics;

namespace NetPolicy.Enforce.Lab;

/// <summary>The checksums of IP and of what it carries.</summary>
internal static class Checksum
{
    /// <summary>The one's complement sum of RFC 1071 over <paramref name="bytes"/>, continued from <paramref name="start"/>.</summary>
    internal static uint Sum(ReadOnlySpan<byte> bytes, uint start = 0)
    {
        uint sum = start;
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.Length == 1 ? sum + ((uint)bytes[0] << 8) : sum;
    }

    /// <summary>Folds a sum to 16 bits and complements it.</summary>
    internal static ushort Finish(uint sum)
    {
        while (sum > 0xffff)
        {
            sum = (sum >> 16) + (sum & 0xffff);
        }

        return (ushort)~sum;
    }

    /// <summary>CRC32c as SCTP has it, to be written little-endian (RFC 9260 appendix A).</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xffffffff;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
