using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>Where a compiled table leads packets of a workload.</summary>
internal sealed class Dispatch
{
    private readonly Dictionary<(string, IpAddress), string> _from = [];
    private readonly Dictionary<string, string> _to = new(StringComparer.Ordinal);
    private readonly Dictionary<(IpAddress, Direction), string> _bridged = [];

    public Dispatch(RuleTable table)
    {
        HashSet<RuleValue> bridges = [.. table.Sets.AsEnumerable().Where(s => s.Name == "br_if").SelectMany(s => s.Elements)];
        foreach (RuleMap map in table.Maps)
        {
            foreach (RuleElement element in map.Elements)
            {
                if (map.Name is "from4" or "from6"
                    && element is { Key: RuleValue.Joined { Parts: [RuleValue.Interface { IsPrefix: false } from, RuleValue.Addresses address] }, Verdict.Chain: { } egress })
                {
                    _from[(from.Name, address.Range.First)] = egress;
                    if (bridges.Contains(from))
                    {
                        _bridged[(address.Range.First, Direction.Egress)] = egress;
                    }
                }
                else if (map.Name is "into4" or "into6"
                    && element is { Key: RuleValue.Joined { Parts: [RuleValue.Interface, RuleValue.Addresses arriving] }, Verdict.Chain: { } behind })
                {
                    _bridged[(arriving.Range.First, Direction.Ingress)] = behind;
                }
                else if (map.Name == "to" && element is { Key: RuleValue.Interface { IsPrefix: false } to, Verdict.Chain: { } ingress })
                {
                    _to[to.Name] = ingress;
                }
            }
        }
    }

    /// <summary>The chain, without version; null if the workload is not led anywhere, so that it is closed.</summary>
    public string? ChainOf(string interfaceName, IpAddress address, Direction direction) => _bridged.TryGetValue((address, direction), out string? chain) ? chain
        : direction == Direction.Egress ? _from.GetValueOrDefault((interfaceName, address))
        : _to.GetValueOrDefault(interfaceName);
}

/// <summary>What differs between two compiled tables.</summary>
internal sealed class ChangedParts
{
    private readonly HashSet<string> _same = new(StringComparer.Ordinal);
    private readonly HashSet<IpAddress> _moved = [];
    private readonly bool _areRangesMoved;

    public ChangedParts(RuleTable before, RuleTable after)
    {
        Dictionary<string, RuleChain> chains = before.Chains.AsEnumerable().ToDictionary(c => c.Name, StringComparer.Ordinal);
        HashSet<string> maps = [.. after.Maps.AsEnumerable().Intersect(before.Maps.AsEnumerable()).Select(m => m.Name)];
        HashSet<string> sets = [.. after.Sets.AsEnumerable().Intersect(before.Sets.AsEnumerable()).Select(s => s.Name)];
        Dictionary<string, RuleChain> now = after.Chains.AsEnumerable().ToDictionary(c => c.Name, StringComparer.Ordinal);
        Dictionary<string, bool> known = new(StringComparer.Ordinal);
        foreach (RuleChain chain in after.Chains)
        {
            if (IsSame(chain.Name))
            {
                _same.Add(chain.Name);
            }
        }

        foreach (IdentityMap map in after.Identities)
        {
            IdentityMap? old = before.Identities.AsEnumerable().FirstOrDefault(m => m.Name == map.Name);
            HashSet<(IpRange, uint)> elements = [.. old?.Elements ?? default];
            elements.SymmetricExceptWith(map.Elements.AsEnumerable());
            _areRangesMoved |= map.IsInterval && elements.Count > 0;
            _moved.UnionWith(elements.Select(e => e.Item1.First));
        }

        // Identities, whose maps grow and shrink, are looked at element by element.
        bool IsSame(string name)
        {
            if (known.TryGetValue(name, out bool same))
            {
                return same;
            }

            known[name] = true;
            RuleChain chain = now[name];
            return known[name] = chains.TryGetValue(name, out RuleChain? old) && old == chain && chain.Rules.AsEnumerable().SelectMany(r => r.Statements).All(s => s switch
            {
                RuleStatement.Dispatch to => maps.Contains(to.Map) && Targets(to.Map).All(IsSame),
                RuleStatement.MatchSet set => sets.Contains(set.Set),
                RuleStatement.Go { Verdict.Chain: { } target } => IsSame(target),
                RuleStatement.Switch cases => cases.Entries.AsEnumerable().Select(e => e.Verdict.Chain).OfType<string>().All(IsSame),
                _ => true,
            });
        }

        IEnumerable<string> Targets(string map) =>
            after.Maps.AsEnumerable().First(m => m.Name == map).Elements.AsEnumerable().Select(e => e.Verdict.Chain).OfType<string>().Distinct();
    }

    /// <summary>True if a chain decides as before for peers that have not moved.</summary>
    public bool IsSame(string chain) => _same.Contains(chain);

    /// <summary>True if any address has another identity than before.</summary>
    public bool HasMoved => _areRangesMoved || _moved.Count > 0;

    /// <summary>True if an address has another identity than before, or may have.</summary>
    public bool Moved(IpAddress address) => _areRangesMoved || _moved.Contains(address);
}
