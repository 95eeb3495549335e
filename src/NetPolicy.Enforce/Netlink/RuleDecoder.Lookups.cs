using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <content>Look-ups in sets and maps.</content>
internal sealed partial class RuleDecoder
{
    private bool Lookup(NetlinkReader data)
    {
        string name = "";
        uint source = 0, id = 0, flags = 0;
        uint? target = null;
        while (data.MoveNext())
        {
            switch (data.Type)
            {
                case NftAttribute.LookupSet:
                    name = data.Text;
                    break;
                case NftAttribute.LookupSource:
                    source = data.UInt32;
                    break;
                case NftAttribute.LookupTarget:
                    target = data.UInt32;
                    break;
                case NftAttribute.LookupSetId:
                    id = data.UInt32;
                    break;
                case NftAttribute.LookupFlags:
                    flags = data.UInt32;
                    break;
                default:
                    return false;
            }
        }

        if (_setOf(name, id) is not { } set || set.WhyForeign.Length > 0 || (source != Nf.Register1 && source != Nf.Register32) || _low is not null
            || _loads.Count != set.Fields.Length || flags > NftAttribute.LookupInverted)
        {
            return false;
        }

        RuleField[] fields = new RuleField[_loads.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            if (_loads[i] is not { Layout: { } layout, Mask: null } load || layout.Type != FieldLayout.Of(set.Fields[i]).Type
                || load.IsTurned != (set.IsInterval && layout.IsTurnedForOrder && (fields.Length > 1 || layout.Length > 1)))
            {
                return false;
            }

            fields[i] = layout.Field;
        }

        return Lookup(set, fields, target, flags == NftAttribute.LookupInverted);
    }

    private bool Lookup(LoadedSet set, RuleField[] fields, uint? target, bool isInverted)
    {
        if (target is null && (set.Flags & Nf.SetMap) == 0)
        {
            if (!set.IsAnonymous)
            {
                return Add(new RuleStatement.MatchSet([.. fields], set.Name, isInverted));
            }

            RuleValue[] values = [.. set.Elements().Select(e => e.Key)];
            return fields.Length == 1 && values.Length > 0 && set.WhyForeign.Length == 0 && Add(new RuleStatement.Match(fields[0], [.. values], isInverted));
        }

        if (target == Nf.RegisterVerdict && set.IsVerdictMap && !isInverted)
        {
            if (!set.IsAnonymous)
            {
                return Add(new RuleStatement.Dispatch([.. fields], set.Name));
            }

            RuleElement[] entries = [.. set.Elements()];
            return fields.Length == 1 && entries.Length > 0 && set.WhyForeign.Length == 0 && Add(new RuleStatement.Switch(fields[0], [.. entries]));
        }

        if ((target == Nf.Register1 || target == Nf.Register32) && set.IsIdentityMap && !set.IsAnonymous && !isInverted && fields.Length == 1)
        {
            _loads.Clear();
            _found = (fields[0], set.Name);
            return true;
        }

        return false;
    }
}
