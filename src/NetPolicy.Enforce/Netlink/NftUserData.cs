using System.Buffers.Binary;
using System.Text;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>What nft keeps beside tables, rules and sets for its listings: the kernel stores it unread. Each entry is a type, a length and content.</summary>
internal static class NftUserData
{
    /// <summary>Marks a range that ends with the last value there is.</summary>
    public static ReadOnlySpan<byte> OpenRange => [1, 4, 1, 0, 0, 0];

    /// <summary>A comment of a table or rule.</summary>
    public static byte[] Comment(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text) + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 128, nameof(text));
        byte[] data = new byte[length + 2];
        data[1] = (byte)length;
        Encoding.UTF8.GetBytes(text, data.AsSpan(2));
        return data;
    }

    /// <summary>The comment; null if there is none or anything else is there too.</summary>
    public static string? ReadComment(ReadOnlySpan<byte> data) =>
        data.Length >= 3 && data[0] == 0 && data[1] == data.Length - 2 && data[^1] == 0 ? Encoding.UTF8.GetString(data[2..^1]) : null;

    /// <summary>What nft says of a named set or map.</summary>
    public static byte[] NamedSet(ReadOnlySpan<RuleField> fields, byte? dataOrder)
    {
        List<byte> data = [];
        Number(data, 0, fields.Length == 1 ? FieldLayout.Of(fields[0]).Order : FieldLayout.OrderUnsaid);
        if (dataOrder is { } order)
        {
            Number(data, 1, order);
        }

        if (fields.Length > 1)
        {
            data.AddRange([3, 8, 0, 4, 13, 0, 0, 0, 1, 0]);
        }

        if (dataOrder is not null)
        {
            Number(data, 6, 0);
        }

        return [.. data];
    }

    /// <summary>What nft says of a set or map within a rule.</summary>
    public static byte[] AnonymousSet(RuleField field, bool isInterval, bool isMap)
    {
        FieldLayout layout = FieldLayout.Of(field);
        List<byte> data = [];
        Number(data, 0, layout.Source == FieldSource.Payload ? FieldLayout.OrderNetwork : FieldLayout.OrderMachine);
        if (isMap)
        {
            Number(data, 1, 0);
            data.AddRange([4, 8, 0, 4, 1, 0, 0, 0, 1, 0]);
            Number(data, 6, 0);
            return [.. data];
        }

        if (isInterval)
        {
            Number(data, 2, 1);
        }

        TypeOf(data, layout);
        return [.. data];
    }

    private static void TypeOf(List<byte> data, FieldLayout layout)
    {
        List<byte> inner = [];
        uint kind;
        switch (layout.Source)
        {
            case FieldSource.Meta:
                kind = 9;
                Number(inner, 0, layout.Key);
                break;
            case FieldSource.Connection:
                kind = 12;
                Number(inner, 0, layout.Key);
                Number(inner, 1, uint.MaxValue);
                break;
            default:
                kind = 7;
                (uint protocol, uint template) = Template(layout.Field);
                Number(inner, 0, protocol);
                Number(inner, 1, template);
                if (layout.Field == RuleField.HopLimit)
                {
                    Number(inner, 4, 8);
                }

                break;
        }

        List<byte> outer = [];
        Number(outer, 0, kind);
        outer.AddRange([1, (byte)inner.Count, .. inner]);
        data.AddRange([3, (byte)outer.Count, .. outer]);
    }

    // Numbers of nft's own descriptions of protocols and of the fields in them.
    private static (uint Protocol, uint Template) Template(RuleField field) => field switch
    {
        RuleField.Source4 => (12, 11),
        RuleField.Destination4 => (12, 12),
        RuleField.Source6 => (13, 8),
        RuleField.Destination6 => (13, 9),
        RuleField.HopLimit => (13, 7),
        RuleField.SourcePort => (11, 1),
        RuleField.DestinationPort => (11, 2),
        RuleField.IcmpType => (4, 1),
        RuleField.IcmpCode => (4, 2),
        RuleField.Icmp6Type => (14, 1),
        RuleField.Icmp6Code => (14, 2),
        RuleField.LinkDestination => (17, 1),
        RuleField.LinkSource => (17, 2),
        RuleField.LinkProtocol => (17, 3),
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static void Number(List<byte> data, byte type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        data.AddRange([type, 4, .. bytes]);
    }
}
