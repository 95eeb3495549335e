using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>
/// A table as the kernel has it, in normal form: elements in order of their bytes, what a rule depends on said explicitly, and fields of one type named by the first
/// of them. <see cref="TableNormalizer"/> brings a wanted table into the same form.
/// </summary>
/// <param name="Name">Name.</param>
/// <param name="Comment">Comment; empty for none.</param>
/// <param name="Generation">The generation of all the kernel's rules that this is of.</param>
/// <param name="Identities">Maps from addresses to identities.</param>
/// <param name="Sets">Named sets.</param>
/// <param name="Maps">Named maps to verdicts.</param>
/// <param name="Chains">Chains in the kernel's order.</param>
/// <param name="Foreign">What is there that the product would never write, each in a sentence; empty for tables that only the product has touched.</param>
internal sealed record LoadedTable(
    string Name,
    string Comment,
    uint Generation,
    EquatableArray<IdentityMap> Identities,
    EquatableArray<RuleSet> Sets,
    EquatableArray<RuleMap> Maps,
    EquatableArray<LoadedChain> Chains,
    EquatableArray<string> Foreign)
{
    /// <summary>The table's family.</summary>
    public RuleFamily Family { get; init; }

    /// <summary>Sets with timeouts, which only a change on trial has; they are among what is foreign too.</summary>
    public EquatableArray<LoadedTimedSet> Timed { get; init; }

    /// <summary>The table in the terms of the product; null if something in it has none.</summary>
    /// <remarks>Whether a chain is shared is a matter of its name, which the kernel does not know: none is marked so.</remarks>
    public RuleTable? Rules => Foreign.IsEmpty ? Understood : null;

    /// <summary>What of the table has terms.</summary>
    public RuleTable Understood => new(
        Name, Comment, Identities, Sets, Maps,
        [.. Chains.AsEnumerable().Select(c => new RuleChain(c.Name, [.. c.Rules.AsEnumerable().Where(r => r.Line is not null).Select(r => r.Line!)], c.Hook))])
    {
        Family = Family,
    };

    /// <summary>Packets counted, by the comment beside the counter, in ordinal order.</summary>
    public SortedDictionary<string, ulong> PacketsByComment()
    {
        SortedDictionary<string, ulong> packets = new(StringComparer.Ordinal);
        foreach (LoadedChain chain in Chains)
        {
            foreach (LoadedRule rule in chain.Rules)
            {
                if (rule is { Comment.Length: > 0, Counters: > 0 })
                {
                    packets[rule.Comment] = packets.GetValueOrDefault(rule.Comment) + rule.Packets;
                }
            }
        }

        return packets;
    }

    /// <summary>Names of sets and maps, and whether they hold ranges, as writing rules needs to know.</summary>
    public Dictionary<string, bool> SetKinds()
    {
        Dictionary<string, bool> kinds = new(StringComparer.Ordinal);
        foreach (IdentityMap map in Identities)
        {
            kinds[map.Name] = map.IsInterval;
        }

        foreach (RuleSet set in Sets)
        {
            kinds[set.Name] = set.IsInterval;
        }

        foreach (LoadedTimedSet timed in Timed)
        {
            kinds[timed.Set.Name] = timed.Set.IsInterval;
        }

        foreach (RuleMap map in Maps)
        {
            kinds[map.Name] = map.IsInterval;
        }

        return kinds;
    }
}
