using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

internal sealed partial class NftMessageWriter
{
    private readonly List<uint> _ruleSets = [];
    private readonly Dictionary<string, bool> _isInterval = new(StringComparer.Ordinal);
    private byte _family;
    private int _protocol;

    private void AddRule(string chain, RuleLine line)
    {
        // Sets within the rule come before it.
        _ruleSets.Clear();
        foreach (RuleStatement statement in line.Statements)
        {
            if (statement is RuleStatement.Match { Values.Count: > 1 } match)
            {
                AnonymousSet(match);
            }
            else if (statement is RuleStatement.Switch cases)
            {
                AnonymousMap(cases);
            }
        }

        Begin(Nf.NewRule, Nf.Create | Nf.Append);
        _to.Text(NftAttribute.RuleTable, _table);
        _to.Text(NftAttribute.RuleChain, chain);
        int expressions = _to.BeginNested(NftAttribute.RuleExpressions);
        Expressions(line.Statements.AsSpan());
        _to.EndNested(expressions);
        if (line.Comment is { } comment)
        {
            _to.Bytes(NftAttribute.RuleUserData, NftUserData.Comment(comment));
        }

        _to.End();
    }

    /// <summary>Tells of a set or map that is loaded already, so that rules can use it.</summary>
    public void Know(string set, bool isInterval) => _isInterval[set] = isInterval;

    private static uint RegisterAt(int bytes) => bytes % 16 == 0 ? Nf.Register1 + (uint)(bytes / 16) : Nf.Register32 + (uint)(bytes / 4);

    private static bool IsProtocol(RuleStatement statement, byte number) =>
        statement is RuleStatement.Match { Field: RuleField.Protocol, IsNegated: false, Values: { Count: 1 } values }
        && values[0] is RuleValue.Transport { Protocol.Number: var found } && found == number;

    private void AnonymousSet(RuleStatement.Match match)
    {
        FieldLayout layout = FieldLayout.Of(match.Field);
        RuleField[] fields = [match.Field];
        bool isInterval = match.Values.AsEnumerable().Any(FieldValue.IsRange);
        ElementKeys keys = ElementKeys.Of(fields, match.Values.AsSpan(), IsTurned(fields, isInterval), sort: isInterval);
        if (isInterval)
        {
            keys = keys.Joined();
        }

        uint id = AnonymousHeader("__set%d", layout, Nf.SetAnonymous | Nf.SetConstant, isInterval, keys);
        ElementWriter elements = new(this, Nf.NewElement, "__set%d", id);
        if (isInterval)
        {
            WriteRanges(ref elements, keys, [], isAnonymous: true, isNew: true);
        }
        else
        {
            for (int i = 0; i < keys.Count; i++)
            {
                elements.Add(isCatchAll: false, keys.First(i), default, null);
            }
        }

        elements.Close();
    }

    private void AnonymousMap(RuleStatement.Switch cases)
    {
        if (cases.Entries.IsEmpty)
        {
            throw new ArgumentException("a switch needs a case", nameof(cases));
        }

        FieldLayout layout = FieldLayout.Of(cases.Field);
        RuleField[] fields = [cases.Field];
        RuleValue[] values = [.. cases.Entries.AsEnumerable().Select(e => e.Key)];
        RuleVerdict[] verdicts = [.. cases.Entries.AsEnumerable().Select(e => e.Verdict)];
        bool isInterval = values.Any(FieldValue.IsRange);
        ElementKeys keys = ElementKeys.Of(fields, values, IsTurned(fields, isInterval), sort: isInterval);
        uint id = AnonymousHeader("__map%d", layout, Nf.SetAnonymous | Nf.SetConstant | Nf.SetMap, isInterval, keys);
        ElementWriter elements = new(this, Nf.NewElement, "__map%d", id);
        if (isInterval)
        {
            WriteRanges(ref elements, keys, verdicts, isAnonymous: true, isNew: true);
        }
        else
        {
            for (int i = 0; i < keys.Count; i++)
            {
                elements.Add(keys.IsCatchAll(i), keys.First(i), default, verdicts[i]);
            }
        }

        elements.Close();
    }

    private uint AnonymousHeader(string name, FieldLayout layout, uint flags, bool isInterval, ElementKeys keys)
    {
        bool isMap = (flags & Nf.SetMap) != 0;
        Begin(Nf.NewSet, Nf.Create);
        _to.Text(NftAttribute.SetTable, _table);
        _to.Text(NftAttribute.SetName, name);
        SetBody(flags | (isInterval ? Nf.SetInterval : 0), layout.Type, layout.Length, isMap ? Nf.TypeVerdict : null, 0);
        int description = _to.BeginNested(NftAttribute.SetDescription);
        int size = !isInterval ? keys.Count : (keys.Count * 2) + (keys.First(0).ContainsAnyExcept((byte)0) ? 1 : 0);
        _to.UInt32(NftAttribute.DescriptionSize, (uint)size);
        _to.EndNested(description);
        _to.Bytes(NftAttribute.SetUserData, NftUserData.AnonymousSet(layout.Field, isInterval, isMap));
        _to.End();
        _ruleSets.Add(_lastSetId);
        return _lastSetId;
    }

    private void Expressions(ReadOnlySpan<RuleStatement> statements)
    {
        (_family, _protocol) = (0, -1);
        int nextSet = 0;
        bool isTcp = false;
        foreach (RuleStatement statement in statements)
        {
            isTcp |= IsProtocol(statement, 6);
            if (statement is RuleStatement.Reject { IsReset: true } && !isTcp)
            {
                NeedProtocol(6);
            }
        }

        for (int i = 0; i < statements.Length; i++)
        {
            switch (statements[i])
            {
                case RuleStatement.Match match when i + 1 < statements.Length && TryJoin(match, statements[i + 1]):
                    i++;
                    break;
                case RuleStatement.Match match:
                    Match(match, match.Values.Count > 1 ? _ruleSets[nextSet++] : 0);
                    break;
                case RuleStatement.MatchBits bits:
                    Load(FieldLayout.Of(bits.Field), Nf.Register1);
                    Bitwise(bits.Mask, 0);
                    Compare(bits.IsNegated ? NftAttribute.CompareNotEqual : NftAttribute.CompareEqual, bits.Bits);
                    break;
                case RuleStatement.MatchSet set:
                    LoadKey(set.Fields, IsIntervalOf(set.Set, set.Fields));
                    Lookup(set.Set, 0, null, set.IsNegated);
                    break;
                case RuleStatement.Dispatch dispatch:
                    LoadKey(dispatch.Fields, IsIntervalOf(dispatch.Map, dispatch.Fields));
                    Lookup(dispatch.Map, 0, Nf.RegisterVerdict, isInverted: false);
                    break;
                case RuleStatement.Switch cases:
                    bool isInterval = cases.Entries.AsEnumerable().Any(e => FieldValue.IsRange(e.Key));
                    LoadKey([cases.Field], isInterval);
                    Lookup("__map%d", _ruleSets[nextSet++], Nf.RegisterVerdict, isInverted: false);
                    break;
                case RuleStatement.SetIdentity set:
                    ImmediateNumber(set.Number);
                    SetMeta(RuleField.Identity);
                    break;
                case RuleStatement.FindIdentity find:
                    LoadKey([find.Field], IsIntervalOf(find.Map, [find.Field]));
                    Lookup(find.Map, 0, Nf.Register1, isInverted: false);
                    SetMeta(RuleField.Identity);
                    break;
                case RuleStatement.SetBits set:
                    Load(FieldLayout.Of(set.Field), Nf.Register1);
                    Bitwise(set.Kept & ~set.Added, set.Added);
                    SetMark(set.Field);
                    break;
                case RuleStatement.Counter:
                    EndExpression(BeginExpression("counter"));
                    break;
                case RuleStatement.Limit limit:
                    (int, int) rate = BeginExpression("limit");
                    _to.UInt64(NftAttribute.LimitRate, limit.PerSecond);
                    _to.UInt64(NftAttribute.LimitUnit, 1);
                    _to.UInt32(NftAttribute.LimitBurst, limit.Burst);
                    _to.UInt32(NftAttribute.LimitType, 0);
                    _to.UInt32(NftAttribute.LimitFlags, 0);
                    EndExpression(rate);
                    break;
                case RuleStatement.Log log:
                    (int, int) open = BeginExpression("log");
                    _to.Text(NftAttribute.LogPrefix, log.Prefix);
                    if (log.Group is { } group)
                    {
                        _to.UInt16(NftAttribute.LogGroup, group);
                    }

                    EndExpression(open);
                    break;
                case RuleStatement.NoTrack:
                    EndExpression(BeginExpression("notrack"));
                    break;
                case RuleStatement.Reject reject:
                    (int, int) rejection = BeginExpression("reject");
                    _to.UInt32(NftAttribute.RejectType, reject.IsReset ? NftAttribute.RejectReset : NftAttribute.RejectAnyFamily);
                    _to.UInt8(NftAttribute.RejectCode, reject.IsReset ? (byte)0 : NftAttribute.RejectProhibited);
                    EndExpression(rejection);
                    break;
                case RuleStatement.Go go:
                    (int, int) immediate = BeginExpression("immediate");
                    _to.UInt32(NftAttribute.ImmediateTarget, Nf.RegisterVerdict);
                    Verdict(NftAttribute.ImmediateData, go.Verdict);
                    EndExpression(immediate);
                    break;
                default:
                    throw new ArgumentException($"`{statements[i]}` cannot be written: names and generations must be resolved before", nameof(statements));
            }
        }
    }

    private void Match(RuleStatement.Match match, uint set)
    {
        FieldLayout layout = FieldLayout.Of(match.Field);
        if (match.Values.IsEmpty)
        {
            throw new ArgumentException("a condition needs a value", nameof(match));
        }

        if (match.Values.Count > 1)
        {
            LoadKey([match.Field], match.Values.AsEnumerable().Any(FieldValue.IsRange));
            Lookup("__set%d", set, null, match.IsNegated);
            return;
        }

        Depend(layout);
        RuleValue value = match.Values[0];
        Span<byte> first = stackalloc byte[16];
        Span<byte> last = stackalloc byte[16];
        first = first[..layout.Length];
        last = last[..layout.Length];
        bool isRange = FieldValue.IsRange(value);
        FieldValue.Write([match.Field], value, isTurned: isRange && layout.IsTurnedForOrder, first, last);
        uint equal = match.IsNegated ? NftAttribute.CompareNotEqual : NftAttribute.CompareEqual;
        if (value is RuleValue.Interface { IsPrefix: true, Name: var name })
        {
            Load(layout, Nf.Register1);
            Compare(equal, first[..name.Length]);
        }
        else if (isRange && value is RuleValue.Addresses { Range: var range } && range.TryToPrefix(out IpPrefix prefix))
        {
            MatchPrefix(layout, prefix, first, equal);
        }
        else if (isRange)
        {
            Load(layout, Nf.Register1);
            Turn(layout, Nf.Register1);
            MatchRange(first, last, match.IsNegated);
        }
        else if (layout.IsBits && !match.IsNegated)
        {
            // One bit of several.
            Load(layout, Nf.Register1);
            Bitwise(MemoryMarshal.Read<uint>(first), 0);
            Compare(NftAttribute.CompareNotEqual, 0u);
        }
        else
        {
            Load(layout, Nf.Register1);
            Compare(equal, first);
        }

        if (!match.IsNegated && match.Field == RuleField.Family)
        {
            _family = first[0];
        }
        else if (!match.IsNegated && value is RuleValue.Octets { Value: var carried } && match.Field == RuleField.LinkProtocol)
        {
            _family = FieldLayout.FamilyOf(carried);
        }
        else if (!match.IsNegated && match.Field == RuleField.Protocol)
        {
            _protocol = first[0];
        }
    }

    private void MatchPrefix(FieldLayout layout, IpPrefix prefix, ReadOnlySpan<byte> first, uint equal)
    {
        if (prefix.Length > 0 && prefix.Length % 8 == 0)
        {
            Payload(layout.Key, layout.Offset, prefix.Length / 8, Nf.Register1);
            Compare(equal, first[..(prefix.Length / 8)]);
            return;
        }

        Span<byte> mask = stackalloc byte[16];
        mask = mask[..layout.Length];
        mask.Clear();
        mask[..(prefix.Length / 8)].Fill(0xff);
        if (prefix.Length % 8 != 0)
        {
            mask[prefix.Length / 8] = (byte)(0xff << (8 - (prefix.Length % 8)));
        }

        Span<byte> zero = stackalloc byte[16];
        zero.Clear();
        Load(layout, Nf.Register1);
        Bitwise(mask, zero[..mask.Length]);
        Compare(equal, first);
    }

    private void MatchRange(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, bool isNegated)
    {
        if (!isNegated)
        {
            Compare(NftAttribute.CompareAtLeast, first);
            Compare(NftAttribute.CompareAtMost, last);
            return;
        }

        (int, int) open = BeginExpression("range");
        _to.UInt32(NftAttribute.RangeSource, Nf.Register1);
        _to.UInt32(NftAttribute.RangeOperation, NftAttribute.CompareNotEqual);
        Data(NftAttribute.RangeFrom, first);
        Data(NftAttribute.RangeTo, last);
        EndExpression(open);
    }

    // Neighbours in the transport header are compared at once.
    private bool TryJoin(RuleStatement.Match match, RuleStatement next)
    {
        if (next is not RuleStatement.Match second || !IsJoinable(match) || !IsJoinable(second))
        {
            return false;
        }

        FieldLayout left = FieldLayout.Of(match.Field), right = FieldLayout.Of(second.Field);
        if (left.Offset + left.Length != right.Offset || left.Length != right.Length || left.Protocol != right.Protocol)
        {
            return false;
        }

        Depend(left);
        Span<byte> both = stackalloc byte[4];
        Span<byte> ignored = stackalloc byte[2];
        FieldValue.Write([match.Field], match.Values[0], isTurned: false, both[..left.Length], ignored[..left.Length]);
        FieldValue.Write([second.Field], second.Values[0], isTurned: false, both.Slice(left.Length, right.Length), ignored[..right.Length]);
        both = both[..(left.Length + right.Length)];
        Payload(left.Key, left.Offset, both.Length, Nf.Register1);
        Compare(NftAttribute.CompareEqual, both);
        return true;
    }

    private static bool IsJoinable(RuleStatement.Match match) =>
        !match.IsNegated && match.Values.Count == 1 && !FieldValue.IsRange(match.Values[0])
        && FieldLayout.Of(match.Field) is { Source: FieldSource.Payload, Key: FieldLayout.TransportHeader };

    // Only fields that packets have in the machine's order are loaded otherwise for sets of ranges.
    private bool IsIntervalOf(string set, EquatableArray<RuleField> fields) =>
        _isInterval.TryGetValue(set, out bool isInterval) ? isInterval
        : !fields.Any(f => FieldLayout.Of(f).IsTurnedForOrder) ? false
        : throw new ArgumentException($"a rule looks into `{set}`, which is not loaded", nameof(set));

    private void LoadKey(EquatableArray<RuleField> fields, bool isInterval)
    {
        foreach (RuleField field in fields)
        {
            Depend(FieldLayout.Of(field));
        }

        int at = 0;
        foreach (RuleField field in fields)
        {
            FieldLayout layout = FieldLayout.Of(field);
            uint register = RegisterAt(at);
            Load(layout, register);
            if (isInterval && (fields.Count > 1 || layout.Length > 1))
            {
                Turn(layout, register);
            }

            at += layout.PaddedLength;
        }
    }

    // What nft adds so that headers are only read where they are.
    private void Depend(FieldLayout layout)
    {
        if (layout.Protocol != 0)
        {
            if (_protocol == layout.Protocol)
            {
                return;
            }

            NeedFamily(layout.Family);
            NeedProtocol(layout.Protocol);
        }
        else if (layout.Family != 0)
        {
            NeedFamily(layout.Family);
        }
    }

    private void NeedFamily(byte family)
    {
        if (_family != family)
        {
            if (Family == Nf.FamilyBridge)
            {
                throw new ArgumentException("a rule of a bridge says what the frame carries before it looks into that", nameof(family));
            }

            Load(FieldLayout.Of(RuleField.Family), Nf.Register1);
            Compare(NftAttribute.CompareEqual, [family]);
            _family = family;
        }
    }

    private void NeedProtocol(byte protocol)
    {
        Load(FieldLayout.Of(RuleField.Protocol), Nf.Register1);
        Compare(NftAttribute.CompareEqual, [protocol]);
        _protocol = protocol;
    }

    private void Load(FieldLayout layout, uint register)
    {
        switch (layout.Source)
        {
            case FieldSource.Meta:
                (int, int) meta = BeginExpression("meta");
                _to.UInt32(NftAttribute.MetaKey, layout.Key);
                _to.UInt32(NftAttribute.MetaTarget, register);
                EndExpression(meta);
                break;
            case FieldSource.Connection:
                (int, int) connection = BeginExpression("ct");
                _to.UInt32(NftAttribute.ConnectionKey, layout.Key);
                _to.UInt32(NftAttribute.ConnectionTarget, register);
                EndExpression(connection);
                break;
            case FieldSource.Payload:
                Payload(layout.Key, layout.Offset, layout.Length, register);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(layout));
        }
    }

    private void Payload(uint header, int offset, int length, uint register)
    {
        (int, int) open = BeginExpression("payload");
        _to.UInt32(NftAttribute.PayloadTarget, register);
        _to.UInt32(NftAttribute.PayloadBase, header);
        _to.UInt32(NftAttribute.PayloadOffset, (uint)offset);
        _to.UInt32(NftAttribute.PayloadLength, (uint)length);
        EndExpression(open);
    }

    private void Turn(FieldLayout layout, uint register)
    {
        if (!layout.IsTurnedForOrder)
        {
            return;
        }

        (int, int) open = BeginExpression("byteorder");
        _to.UInt32(NftAttribute.OrderSource, register);
        _to.UInt32(NftAttribute.OrderTarget, register);
        _to.UInt32(NftAttribute.OrderOperation, NftAttribute.OrderToNetwork);
        _to.UInt32(NftAttribute.OrderLength, (uint)layout.Length);
        _to.UInt32(NftAttribute.OrderSize, layout.Length == 1 ? 2u : (uint)layout.Length);
        EndExpression(open);
    }

    private void Bitwise(uint mask, uint xor)
    {
        Span<byte> bytes = stackalloc byte[8];
        MemoryMarshal.Write(bytes, mask);
        MemoryMarshal.Write(bytes[4..], xor);
        Bitwise(bytes[..4], bytes[4..]);
    }

    private void Bitwise(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> xor)
    {
        (int, int) open = BeginExpression("bitwise");
        _to.UInt32(NftAttribute.BitwiseSource, Nf.Register1);
        _to.UInt32(NftAttribute.BitwiseTarget, Nf.Register1);
        _to.UInt32(NftAttribute.BitwiseOperation, 0);
        _to.UInt32(NftAttribute.BitwiseLength, (uint)mask.Length);
        Data(NftAttribute.BitwiseMask, mask);
        Data(NftAttribute.BitwiseXor, xor);
        EndExpression(open);
    }

    private void Compare(uint operation, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, number);
        Compare(operation, bytes);
    }

    private void Compare(uint operation, ReadOnlySpan<byte> value)
    {
        (int, int) open = BeginExpression("cmp");
        _to.UInt32(NftAttribute.CompareSource, Nf.Register1);
        _to.UInt32(NftAttribute.CompareOperation, operation);
        Data(NftAttribute.CompareData, value);
        EndExpression(open);
    }

    private void Lookup(string set, uint id, uint? target, bool isInverted)
    {
        (int, int) open = BeginExpression("lookup");
        _to.Text(NftAttribute.LookupSet, set);
        _to.UInt32(NftAttribute.LookupSource, Nf.Register1);
        if (target is { } register)
        {
            _to.UInt32(NftAttribute.LookupTarget, register);
        }

        if (id != 0)
        {
            _to.UInt32(NftAttribute.LookupSetId, id);
        }

        if (isInverted)
        {
            _to.UInt32(NftAttribute.LookupFlags, NftAttribute.LookupInverted);
        }

        EndExpression(open);
    }

    private void ImmediateNumber(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, number);
        (int, int) open = BeginExpression("immediate");
        _to.UInt32(NftAttribute.ImmediateTarget, Nf.Register1);
        Data(NftAttribute.ImmediateData, bytes);
        EndExpression(open);
    }

    private void SetMark(RuleField field)
    {
        if (field == RuleField.ConnectionMark)
        {
            (int, int) open = BeginExpression("ct");
            _to.UInt32(NftAttribute.ConnectionKey, FieldLayout.Of(field).Key);
            _to.UInt32(NftAttribute.ConnectionSource, Nf.Register1);
            EndExpression(open);
        }
        else
        {
            SetMeta(field);
        }
    }

    private void SetMeta(RuleField field)
    {
        (int, int) open = BeginExpression("meta");
        _to.UInt32(NftAttribute.MetaKey, FieldLayout.Of(field).Key);
        _to.UInt32(NftAttribute.MetaSource, Nf.Register1);
        EndExpression(open);
    }

    private void Data(ushort attribute, ReadOnlySpan<byte> value)
    {
        int nested = _to.BeginNested(attribute);
        _to.Bytes(NftAttribute.DataValue, value);
        _to.EndNested(nested);
    }

    private (int Element, int Data) BeginExpression(string name)
    {
        int element = _to.BeginNested(NftAttribute.ListElement);
        _to.Text(NftAttribute.ExpressionName, name);
        return (element, _to.BeginNested(NftAttribute.ExpressionData));
    }

    private void EndExpression((int Element, int Data) open)
    {
        _to.EndNested(open.Data);
        _to.EndNested(open.Element);
    }
}
