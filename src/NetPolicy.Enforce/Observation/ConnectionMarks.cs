using System.Buffers.Binary;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>Takes our bits off the marks of connections; bits of others stay.</summary>
internal static class ConnectionMarks
{
    private const ushort GetConnection = (1 << 8) | 1;
    private const ushort ChangeConnection = 1 << 8;
    private const int Header = 4;
    private const int TupleOriginal = 1;
    private const int Mark = 8;
    private const int Zone = 18;
    private const int MarkMask = 21;
    private const ushort Nested = 0x8000;

    /// <summary>Clears <paramref name="mask"/> on every connection of the calling thread's namespace whose masked mark is <paramref name="value"/>, or is not 0 if that is null.</summary>
    /// <returns>How many were changed.</returns>
    /// <exception cref="LabException">The kernel refused.</exception>
    public static int Clear(uint mask, uint? value = null)
    {
        if (mask == 0)
        {
            return 0;
        }

        int changed = 0;
        using RouteSocket socket = new(RouteSocket.NetlinkNetfilter);
        foreach (RouteMessage message in socket.Dump(GetConnection, new byte[Header]))
        {
            Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(Header);
            uint mark = attributes.GetValueOrDefault(Mark) is { Length: 4 } own ? BinaryPrimitives.ReadUInt32BigEndian(own.Span) & mask : 0;
            if (mark == 0 || (value is not null && mark != value) || attributes.GetValueOrDefault(TupleOriginal) is not { Length: > 0 } tuple)
            {
                continue;
            }

            List<byte> request = [message.Body.Span[0], 0, 0, 0];
            Append(request, TupleOriginal | Nested, tuple.Span);
            if (attributes.GetValueOrDefault(Zone) is { Length: > 0 } zone)
            {
                Append(request, Zone, zone.Span);
            }

            Append(request, Mark, [0, 0, 0, 0]);
            Append(request, MarkMask, [(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]);

            // One that ended meanwhile needs nothing.
            changed += socket.Change(ChangeConnection, [.. request]) == 0 ? 1 : 0;
        }

        return changed;
    }

    private static void Append(List<byte> message, int type, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)type);
        message.AddRange(head);
        message.AddRange(value);
        while (message.Count % 4 != 0)
        {
            message.Add(0);
        }
    }
}
