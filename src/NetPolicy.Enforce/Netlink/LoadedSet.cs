using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>A set or map while its messages are read.</summary>
internal sealed class LoadedSet
{
    private readonly List<Element> _elements = [];
    private byte[] _keys = [];
    private int _keysLength;

    public string Name { get; private set; } = "";

    public uint Id { get; private set; }

    public uint Flags { get; private set; }

    public uint KeyType { get; private set; }

    public uint DataType { get; private set; }

    public uint DataLength { get; private set; }

    public int KeyLength { get; private set; }

    public int Size { get; private set; }

    public RuleField[] Fields { get; private set; } = [];

    /// <summary>Why the product has no words for it; empty if it has.</summary>
    public string WhyForeign { get; private set; } = "";

    public bool IsAnonymous => (Flags & Nf.SetAnonymous) != 0;

    /// <summary>True if the kernel takes its elements out by itself.</summary>
    public bool IsTimed => (Flags & Nf.SetTimeout) != 0;

    /// <summary>How long the first of its elements to go stays yet; the longest time there is if none goes.</summary>
    public TimeSpan Remaining { get; private set; } = TimeSpan.MaxValue;

    public bool IsInterval => (Flags & Nf.SetInterval) != 0;

    public bool IsVerdictMap => (Flags & Nf.SetMap) != 0 && DataType == Nf.TypeVerdict;

    public bool IsIdentityMap => (Flags & Nf.SetMap) != 0 && DataType == FieldLayout.Of(RuleField.Identity).Type && DataLength == 4;

    public bool IsTurned => NftMessageWriter.IsTurned(Fields, IsInterval);

    public static LoadedSet Read(ReadOnlySpan<byte> attributes)
    {
        LoadedSet set = new();
        NetlinkReader reader = new(attributes);
        while (reader.MoveNext())
        {
            set.ReadAttribute(reader);
        }

        set.Fields = FieldsOf(set.KeyType);
        const uint Known = Nf.SetAnonymous | Nf.SetConstant | Nf.SetInterval | Nf.SetMap | Nf.SetConcatenation | Nf.SetTimeout;
        if ((set.Flags & ~Known) != 0 || set.IsAnonymous != ((set.Flags & Nf.SetConstant) != 0))
        {
            set.WhyForeign = "flags";
        }
        else if (set.Fields.Length == 0 || FieldLayout.LengthOf(set.Fields) != set.KeyLength)
        {
            set.WhyForeign = "the type of its keys";
        }
        else if ((set.Flags & Nf.SetMap) != 0 && !set.IsVerdictMap && !(set.IsIdentityMap && set.Fields is [RuleField.Source4] or [RuleField.Source6]))
        {
            set.WhyForeign = "the type of its values";
        }
        else if (set.IsTimed && (set.Flags & ~Nf.SetTimeout) != 0)
        {
            set.WhyForeign = "its timeouts";
        }
        else if (set.IsInterval && set.Fields.Length > 1 != ((set.Flags & Nf.SetConcatenation) != 0))
        {
            set.WhyForeign = "ranges over several fields";
        }

        return set;
    }

    public void ReadElements(NetlinkReader list)
    {
        while (list.MoveNext())
        {
            if (list.Type == NftAttribute.ListElement)
            {
                ReadElement(list.Nested);
            }
        }
    }

    /// <summary>Keys and verdicts in order of their bytes; verdicts of sets are <c>default</c>.</summary>
    public List<RuleElement> Elements()
    {
        List<RuleElement> elements = new(_elements.Count);
        Each((first, last, element) =>
        {
            RuleValue? key = element.IsCatchAll ? RuleValue.Anything.Instance : FieldValue.Read(Fields, IsTurned, first, last);
            if (key is null)
            {
                WhyForeign = "an element of it";
                return;
            }

            elements.Add(new RuleElement(key, element.Verdict));
        });
        return elements;
    }

    public List<(IpRange Addresses, uint Identity)> Identities()
    {
        List<(IpRange, uint)> elements = new(_elements.Count);
        Each((first, last, element) =>
        {
            if (element.IsCatchAll)
            {
                WhyForeign = "an element of it";
                return;
            }

            elements.Add((new IpRange(Address(first), Address(last)), element.Number));
        });
        return elements;
    }

    private static IpAddress Address(ReadOnlySpan<byte> key) => key.Length == 4
        ? IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(key))
        : IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(key));

    private static RuleField[] FieldsOf(uint type)
    {
        List<RuleField> fields = [];
        for (uint rest = type; rest != 0; rest >>= 6)
        {
            if (FieldLayout.OfType(rest & 0x3f) is not { } layout)
            {
                return [];
            }

            fields.Insert(0, layout.Field);
        }

        return [.. fields];
    }

    private void ReadAttribute(NetlinkReader reader)
    {
        switch (reader.Type)
        {
            case NftAttribute.SetName:
                Name = reader.Text;
                break;
            case NftAttribute.SetFlags:
                Flags = reader.UInt32;
                break;
            case NftAttribute.SetKeyType:
                KeyType = reader.UInt32;
                break;
            case NftAttribute.SetKeyLength:
                KeyLength = (int)Math.Min(reader.UInt32, 256);
                break;
            case NftAttribute.SetDataType:
                DataType = reader.UInt32;
                break;
            case NftAttribute.SetDataLength:
                DataLength = reader.UInt32;
                break;
            case NftAttribute.SetId:
                Id = reader.UInt32;
                break;
            case NftAttribute.SetDescription:
                NetlinkReader description = reader.Nested;
                while (description.MoveNext())
                {
                    if (description.Type == NftAttribute.DescriptionSize)
                    {
                        Size = (int)Math.Min(description.UInt32, int.MaxValue);
                    }
                }

                break;
            case NftAttribute.SetTimeout or NftAttribute.SetExpression or NftAttribute.SetExpressions or NftAttribute.SetObjectType:
                WhyForeign = "what its elements carry";
                break;
            default:
                break;
        }
    }

    private void ReadElement(NetlinkReader reader)
    {
        Element element = new() { At = _keysLength, EndAt = -1 };
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case NftAttribute.ElementKey:
                    element.At = Append(reader.Nested);
                    element.HasKey = true;
                    break;
                case NftAttribute.ElementKeyEnd:
                    element.EndAt = Append(reader.Nested);
                    break;
                case NftAttribute.ElementFlags:
                    element.Flags = reader.UInt32;
                    break;
                case NftAttribute.ElementData:
                    ReadData(reader.Nested, ref element);
                    break;
                case NftAttribute.ElementTimeout when IsTimed:
                    break;
                case NftAttribute.ElementExpiration when IsTimed:
                    TimeSpan rest = TimeSpan.FromMilliseconds((long)Math.Min(reader.UInt64, uint.MaxValue));
                    Remaining = rest < Remaining ? rest : Remaining;
                    break;
                case NftAttribute.ElementUserData:
                    if (!reader.Value.SequenceEqual(NftUserData.OpenRange))
                    {
                        WhyForeign = "what its elements carry";
                    }

                    break;
                default:
                    WhyForeign = "what its elements carry";
                    break;
            }
        }

        if (element.HasKey == element.IsCatchAll || (element.Flags & ~(Nf.ElementIntervalEnd | Nf.ElementCatchAll)) != 0)
        {
            WhyForeign = "an element of it";
            return;
        }

        _elements.Add(element);
    }

    private int Append(NetlinkReader data)
    {
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.DataValue && data.Value.Length == KeyLength)
            {
                if (_keys.Length < _keysLength + KeyLength)
                {
                    Array.Resize(ref _keys, Math.Max(_keys.Length * 2, _keysLength + (KeyLength * 8)));
                }

                data.Value.CopyTo(_keys.AsSpan(_keysLength));
                _keysLength += KeyLength;
                return _keysLength - KeyLength;
            }
        }

        throw new NetlinkException($"the kernel's answer has an element without a key in `{Name}`");
    }

    private void ReadData(NetlinkReader data, ref Element element)
    {
        while (data.MoveNext())
        {
            if (data.Type == NftAttribute.DataVerdict && LoadedVerdict.Read(data.Nested) is { } verdict)
            {
                element.Verdict = verdict;
            }
            else if (data.Type == NftAttribute.DataValue && data.Value.Length == 4)
            {
                element.Number = MemoryMarshal.Read<uint>(data.Value);
            }
            else
            {
                WhyForeign = "the values of its elements";
            }
        }
    }

    private void Each(ElementVisitor visit)
    {
        if (WhyForeign.Length > 0)
        {
            return;
        }

        Element[] sorted = Sorted();
        if (!IsInterval || Fields.Length > 1)
        {
            foreach (Element element in sorted)
            {
                visit(Key(element), element.EndAt >= 0 ? _keys.AsSpan(element.EndAt, KeyLength) : Key(element), element);
            }

            return;
        }

        byte[] last = new byte[KeyLength];
        for (int i = 0; i < sorted.Length; i++)
        {
            Element element = sorted[i];
            if ((element.Flags & Nf.ElementIntervalEnd) != 0)
            {
                continue;
            }

            // A range goes to before its end, or to before the next one, or to the last value there is.
            if (!element.IsCatchAll && i + 1 < sorted.Length && !sorted[i + 1].IsCatchAll)
            {
                Key(sorted[i + 1]).CopyTo(last);
                if (!ElementKeys.TryPrevious(last))
                {
                    WhyForeign = "its ranges";
                    return;
                }
            }
            else
            {
                last.AsSpan().Fill(0xff);
            }

            visit(Key(element), last, element);
        }
    }

    private Element[] Sorted()
    {
        Element[] elements = [.. _elements];
        if (KeyLength <= 16)
        {
            // Ends of ranges come before beginnings at the same key; what has no key comes last.
            (UInt128, byte)[] order = new (UInt128, byte)[elements.Length];
            Span<byte> wide = stackalloc byte[16];
            for (int i = 0; i < order.Length; i++)
            {
                wide.Clear();
                if (elements[i].IsCatchAll)
                {
                    order[i] = (UInt128.MaxValue, 2);
                    continue;
                }

                Key(elements[i]).CopyTo(wide);
                order[i] = (BinaryPrimitives.ReadUInt128BigEndian(wide), (elements[i].Flags & Nf.ElementIntervalEnd) != 0 ? (byte)0 : (byte)1);
            }

            Array.Sort(order, elements);
            return elements;
        }

        Array.Sort(elements, (a, b) => a.IsCatchAll != b.IsCatchAll ? a.IsCatchAll.CompareTo(b.IsCatchAll) : Key(a).SequenceCompareTo(Key(b)));
        return elements;
    }

    private ReadOnlySpan<byte> Key(Element element) => element.IsCatchAll ? default : _keys.AsSpan(element.At, KeyLength);

    private delegate void ElementVisitor(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, Element element);

    private struct Element
    {
        public int At;
        public int EndAt;
        public uint Flags;
        public uint Number;
        public bool HasKey;
        public RuleVerdict Verdict;

        public readonly bool IsCatchAll => (Flags & Nf.ElementCatchAll) != 0;
    }
}
