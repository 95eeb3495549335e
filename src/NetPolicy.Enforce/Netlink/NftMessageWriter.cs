using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>
/// Writes tables, chains, rules, sets and elements as netlink messages: the same expressions, types and user data that nft 1.0.6 makes of the
/// product's text, so that either's tables are listed alike.
/// </summary>
/// <remarks>
/// Two things nft does are not done here, because they change what rules mean: joining two negated comparisons of neighbouring ports into one, and
/// moving a comparison across a counter to join it with another.
/// </remarks>
internal sealed partial class NftMessageWriter
{
    // Room for the message's own attributes below the 16 bits of an attribute's length.
    private const int MaxElementList = 60_000;

    private readonly NetlinkWriter _to;
    private readonly string _table;
    private readonly List<int> _operations = [];
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private uint _lastSetId;
    private int _operation;
    private int _lastMessage;

    /// <summary>A writer for one table. Messages get sequence numbers from 1.</summary>
    public NftMessageWriter(NetlinkWriter to, string table)
    {
        _to = to;
        _table = table;
    }

    /// <summary>The family of the table that messages are about; <c>inet</c> at first.</summary>
    public byte Family { get; set; } = Nf.FamilyInet;

    /// <summary>Number of messages written.</summary>
    public int Count => _operations.Count;

    /// <summary>The operation, counted from 0, that a message belongs to; -1 if there is no such message.</summary>
    public int OperationOf(uint sequence) => sequence >= 1 && sequence <= _operations.Count ? _operations[(int)sequence - 1] : -1;

    /// <summary>Asks for an answer to the last message.</summary>
    public void AcknowledgeLast() => _to.AddFlags(_lastMessage, Nf.Acknowledge);

    /// <summary>Writes the messages of an operation.</summary>
    public void Write(RuleOperation operation)
    {
        _operation++;
        switch (operation)
        {
            case RuleOperation.AddTable add:
                AddTable(add.Comment);
                break;
            case RuleOperation.DeleteTable:
                DeleteTable();
                break;
            case RuleOperation.AddChain add:
                AddChain(add.Name, add.Hook);
                break;
            case RuleOperation.FlushChain flush:
                FlushChain(flush.Name);
                break;
            case RuleOperation.DeleteChain delete:
                DeleteChain(delete.Name);
                break;
            case RuleOperation.AddRule add:
                AddRule(add.Chain, add.Line);
                break;
            case RuleOperation.AddSet { Set: var set }:
                Header(set.Name, set.Fields.AsSpan(), set.IsInterval, set.Size, null, 0, 0);
                break;
            case RuleOperation.AddTimedSet { Set: { IsInterval: false } set }:
                Header(set.Name, set.Fields.AsSpan(), isInterval: false, 0, null, 0, 0, Nf.SetTimeout);
                break;
            case RuleOperation.AddTimedElements { Elements: { IsInterval: false } set, Seconds: > 0 and var seconds }:
                TimedElements(set, seconds);
                break;
            case RuleOperation.AddMap { Map: var map }:
                Header(map.Name, map.Fields.AsSpan(), map.IsInterval, map.Size, Nf.TypeVerdict, 0, FieldLayout.OrderUnsaid);
                break;
            case RuleOperation.AddIdentityMap { Map: var map }:
                FieldLayout number = FieldLayout.Of(RuleField.Identity);
                Header(map.Name, KeyOf(map.Family), map.IsInterval, map.Size, number.Type, (uint)number.Length, number.Order);
                break;
            case RuleOperation.DeleteSet delete:
                DeleteSet(delete.Name);
                break;
            case RuleOperation.DeleteMap delete:
                DeleteSet(delete.Name);
                break;
            case RuleOperation.AddSetElements { Elements: var set }:
                Elements(Nf.NewElement, set.Name, set.Fields.AsSpan(), set.IsInterval, set.Elements.AsSpan(), default);
                break;
            case RuleOperation.DeleteSetElements { Elements: var set }:
                Elements(Nf.DeleteElement, set.Name, set.Fields.AsSpan(), set.IsInterval, set.Elements.AsSpan(), default);
                break;
            case RuleOperation.AddMapElements add:
                Elements(Nf.NewElement, add.Elements);
                break;
            case RuleOperation.DeleteMapElements delete:
                Elements(Nf.DeleteElement, delete.Elements);
                break;
            case RuleOperation.AddIdentities add:
                Elements(Nf.NewElement, add.Elements);
                break;
            case RuleOperation.DeleteIdentities delete:
                Elements(Nf.DeleteElement, delete.Elements);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }

    private void AddTable(string comment)
    {
        Begin(Nf.NewTable, Nf.Create);
        _to.Text(NftAttribute.TableName, _table);
        _to.UInt32(NftAttribute.TableFlags, 0);
        _to.Bytes(NftAttribute.TableUserData, NftUserData.Comment(comment));
        _to.End();
    }

    private void DeleteTable()
    {
        Begin(Nf.DeleteTable, 0);
        _to.Text(NftAttribute.TableName, _table);
        _to.End();
    }

    private void AddChain(string name, RuleHook? hook)
    {
        Begin(Nf.NewChain, Nf.Create | Nf.Exclusive);
        _to.Text(NftAttribute.ChainTable, _table);
        _to.Text(NftAttribute.ChainName, name);
        if (hook is not null)
        {
            _to.Text(NftAttribute.ChainType, "filter");
            _to.UInt32(NftAttribute.ChainPolicy, Nf.VerdictAccept);
            int nested = _to.BeginNested(NftAttribute.ChainHook);
            _to.UInt32(NftAttribute.HookNumber, NumberOf(hook.Point));
            _to.UInt32(NftAttribute.HookPriority, unchecked((uint)hook.Priority));
            _to.EndNested(nested);
        }

        _to.End();
    }

    private void DeleteChain(string name)
    {
        Begin(Nf.DeleteChain, 0);
        _to.Text(NftAttribute.ChainTable, _table);
        _to.Text(NftAttribute.ChainName, name);
        _to.End();
    }

    private void FlushChain(string name)
    {
        Begin(Nf.DeleteRule, 0);
        _to.Text(NftAttribute.RuleTable, _table);
        _to.Text(NftAttribute.RuleChain, name);
        _to.End();
    }

    // No rule may use it any more.
    private void DeleteSet(string name)
    {
        Begin(Nf.DeleteSet, 0);
        _to.Text(NftAttribute.SetTable, _table);
        _to.Text(NftAttribute.SetName, name);
        _to.End();
    }

    /// <summary>True if keys of these fields are written in network order throughout, so that ranges can be told from them.</summary>
    internal static bool IsTurned(ReadOnlySpan<RuleField> fields, bool isInterval)
    {
        if (isInterval)
        {
            foreach (RuleField field in fields)
            {
                if (FieldLayout.Of(field).IsTurnedForOrder)
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal static ReadOnlySpan<RuleField> KeyOf(IpFamily family) => family switch
    {
        IpFamily.IPv4 => (RuleField[])[RuleField.Source4],
        IpFamily.IPv6 => (RuleField[])[RuleField.Source6],
        IpFamily.None => throw new ArgumentOutOfRangeException(nameof(family)),
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    private static uint NumberOf(RuleHookPoint point) => point switch
    {
        RuleHookPoint.Prerouting => 0,
        RuleHookPoint.Input => 1,
        RuleHookPoint.Forward => 2,
        RuleHookPoint.Output => 3,
        RuleHookPoint.Postrouting => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(point)),
    };

    private void Begin(ushort type, ushort flags)
    {
        _operations.Add(Math.Max(0, _operation - 1));
        _lastMessage = _to.Length;
        _to.Begin(type, (ushort)(Nf.Request | flags), (uint)_operations.Count, Family);
    }

    private void Header(string name, ReadOnlySpan<RuleField> fields, bool isInterval, int size, uint? dataType, uint dataLength, byte dataOrder, uint moreFlags = 0)
    {
        bool isConcat = fields.Length > 1;
        Know(name, isInterval);
        _created.Add(name);
        uint flags = moreFlags | (isInterval ? Nf.SetInterval : 0) | (dataType is null ? 0 : Nf.SetMap) | (isInterval && isConcat ? Nf.SetConcatenation : 0);
        Begin(Nf.NewSet, Nf.Create | Nf.Exclusive);
        _to.Text(NftAttribute.SetTable, _table);
        _to.Text(NftAttribute.SetName, name);
        SetBody(flags, FieldLayout.TypeOf(fields), FieldLayout.LengthOf(fields), dataType, dataLength);
        if (size > 0)
        {
            int description = _to.BeginNested(NftAttribute.SetDescription);
            _to.UInt32(NftAttribute.DescriptionSize, (uint)size);
            _to.EndNested(description);
        }
        else if (isInterval && isConcat)
        {
            int description = _to.BeginNested(NftAttribute.SetDescription);
            int concat = _to.BeginNested(NftAttribute.DescriptionConcat);
            foreach (RuleField field in fields)
            {
                int item = _to.BeginNested(NftAttribute.ListElement);
                _to.UInt32(NftAttribute.FieldLength, (uint)FieldLayout.Of(field).Length);
                _to.EndNested(item);
            }

            _to.EndNested(concat);
            _to.EndNested(description);
        }

        _to.Bytes(NftAttribute.SetUserData, NftUserData.NamedSet(fields, dataType is null ? null : dataOrder));
        _to.End();
    }

    private void SetBody(uint flags, uint keyType, int keyLength, uint? dataType, uint dataLength)
    {
        _to.UInt32(NftAttribute.SetFlags, flags);
        _to.UInt32(NftAttribute.SetKeyType, keyType);
        _to.UInt32(NftAttribute.SetKeyLength, (uint)keyLength);
        if (dataType is { } type)
        {
            _to.UInt32(NftAttribute.SetDataType, type);
            _to.UInt32(NftAttribute.SetDataLength, dataLength);
        }

        _to.UInt32(NftAttribute.SetId, ++_lastSetId);
    }

    private void Elements(ushort type, RuleMap map)
    {
        RuleValue[] keys = new RuleValue[map.Elements.Count];
        RuleVerdict[] verdicts = new RuleVerdict[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            (keys[i], verdicts[i]) = map.Elements[i];
        }

        Elements(type, map.Name, map.Fields.AsSpan(), map.IsInterval, keys, verdicts);
    }

    private void Elements(
        ushort type, string name, ReadOnlySpan<RuleField> fields, bool isInterval, ReadOnlySpan<RuleValue> keys, ReadOnlySpan<RuleVerdict> verdicts)
    {
        if (keys.IsEmpty)
        {
            return;
        }

        ElementKeys sorted = ElementKeys.Of(fields, keys, IsTurned(fields, isInterval), sort: isInterval && fields.Length == 1);
        ElementWriter elements = new(this, type, name, 0);
        if (isInterval && fields.Length == 1)
        {
            WriteRanges(ref elements, sorted, verdicts, isAnonymous: false, isNew: type == Nf.NewElement && _created.Remove(name));
        }
        else
        {
            for (int i = 0; i < sorted.Count; i++)
            {
                ReadOnlySpan<byte> end = isInterval ? sorted.Last(i) : default;
                elements.Add(sorted.IsCatchAll(i), sorted.First(i), end, verdicts.IsEmpty ? null : verdicts[sorted.Index(i)]);
            }
        }

        elements.Close();
    }

    private void TimedElements(RuleSet set, int seconds)
    {
        ElementKeys keys = ElementKeys.Of(set.Fields.AsSpan(), set.Elements.AsSpan(), isTurned: false, sort: false);
        ElementWriter elements = new(this, Nf.NewElement, set.Name, 0);
        for (int i = 0; i < keys.Count; i++)
        {
            elements.AddTimed(keys.First(i), (ulong)seconds * 1000);
        }

        elements.Close();
    }

    private static void WriteRanges(ref ElementWriter elements, ElementKeys sorted, ReadOnlySpan<RuleVerdict> verdicts, bool isAnonymous, bool isNew)
    {
        Span<byte> next = stackalloc byte[16];
        next = next[..sorted.Length];
        next.Clear();
        if (isNew && sorted.Count > 0 && !sorted.IsCatchAll(0) && !sorted.First(0).SequenceEqual(next))
        {
            elements.AddEnd(next);
        }

        for (int i = 0; i < sorted.Count; i++)
        {
            RuleVerdict? verdict = verdicts.IsEmpty ? null : verdicts[sorted.Index(i)];
            bool isOpen = !sorted.IsCatchAll(i) && !ElementKeys.TryNext(sorted.Last(i), next);
            elements.Add(sorted.IsCatchAll(i), sorted.First(i), default, verdict, isOpen);
            if (!isOpen && !sorted.IsCatchAll(i) && !(isAnonymous && i + 1 < sorted.Count && !sorted.IsCatchAll(i + 1) && next.SequenceEqual(sorted.First(i + 1))))
            {
                elements.AddEnd(next);
            }
        }
    }

    private void Elements(ushort type, IdentityMap map)
    {
        if (map.Elements.IsEmpty)
        {
            return;
        }

        ElementWriter elements = new(this, type, map.Name, 0);
        bool isNew = type == Nf.NewElement && _created.Remove(map.Name);
        int length = map.Family == IpFamily.IPv4 ? 4 : 16;
        Span<byte> first = stackalloc byte[length];
        Span<byte> last = stackalloc byte[length];
        foreach ((IpRange addresses, uint identity) in map.Elements)
        {
            ElementKeys.Write(addresses.First, first);
            if (!map.IsInterval)
            {
                elements.AddNumber(first, identity, isOpen: false);
                continue;
            }

            if (isNew && first.ContainsAnyExcept((byte)0))
            {
                last.Clear();
                elements.AddEnd(last);
            }

            isNew = false;
            ElementKeys.Write(addresses.Last, last);
            bool isOpen = !ElementKeys.TryNext(last, last);
            elements.AddNumber(first, identity, isOpen);
            if (!isOpen)
            {
                elements.AddEnd(last);
            }
        }

        elements.Close();
    }
}
