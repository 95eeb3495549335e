using NetPolicy.Addresses;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Dsl;

/// <summary>Peers as the ends of adjacent Calico rules: blocks of one family share an end, everything else has its own.</summary>
internal static class CalicoEnds
{
    private const int MostNets = 256;

    public static IReadOnlyList<CalicoEnd> Of(CalicoPeer? peer, string? home, Lowering lowering)
    {
        if (peer is null)
        {
            return [CalicoEnd.Anything];
        }

        lowering.Report(peer.Faults);
        List<CalicoEnd> ends = [];
        HashSet<IpFamily> families = [];
        foreach (PeerTerm term in peer.Terms)
        {
            if (term is BlockTerm { Except.IsEmpty: true } block)
            {
                IpFamily family = FamilyOf(block.Cidr);
                if (families.Add(family))
                {
                    ends.AddRange(Blocks(peer.Terms.OfType<BlockTerm>().Where(b => b.Except.IsEmpty && FamilyOf(b.Cidr) == family), family));
                }
            }
            else
            {
                ends.AddRange(EndsOf(term, home, lowering));
            }
        }

        return ends;
    }

    /// <summary>A namespace condition that only things in a namespace can satisfy: upstream turns <c>all()</c> into that demand.</summary>
    public static string Guarded(SelectorNode namespaces) =>
        !namespaces.IsAll && namespaces.MatchesUnlabelled ? $"(all() && {namespaces.ToText()})" : namespaces.ToText();

    private static IEnumerable<CalicoEnd> Blocks(IEnumerable<BlockTerm> blocks, IpFamily family) =>
        blocks.Chunk(MostNets).Select(chunk => new CalicoEnd(
            new EntityRule { Nets = [.. chunk.Select(b => b.Cidr)] },
            family,
            [.. chunk.Select((b, i) => ($"nets[{i}]", b.Line))]));

    private static IEnumerable<CalicoEnd> EndsOf(PeerTerm term, string? home, Lowering lowering)
    {
        switch (term)
        {
            case AnywhereTerm:
                return [CalicoEnd.Anything];
            case BlockTerm block:
                return [new CalicoEnd(
                    new EntityRule { Nets = [block.Cidr], NotNets = [.. block.Except.Select(e => e.Cidr)] },
                    FamilyOf(block.Cidr),
                    [("nets[0]", block.Line), .. block.Except.Select((e, i) => ($"notNets[{i}]", e.At.Line))])];
            case PodsTerm pods:
                lowering.CheckValues(pods.Selector, pods.Line);
                return [Entity(Scoped(pods.Scope, pods.Selector, pods.ServiceAccount, home), pods.Line)];
            case NetworkSetTerm { Scope: { } scope } set:
                return [Entity(Scoped(scope, set.Selector, null, home), set.Line)];
            case NetworkSetTerm set:
                return [Entity(new EntityRule { NamespaceSelector = "global()", Selector = set.Selector.ToText() }, set.Line)];
            case HostsTerm hosts:
                lowering.CheckValues(hosts.Selector, hosts.Line);
                return [Entity(new EntityRule { NamespaceSelector = "global()", Selector = hosts.Selector.ToText() }, hosts.Line)];
            case EndpointsTerm endpoints:
                lowering.CheckValues(endpoints.Selector, endpoints.Line);
                string text = endpoints.Selector.ToText();
                return home is null
                    ? [Entity(new EntityRule { Selector = text }, endpoints.Line)]
                    : [
                        Entity(new EntityRule { NamespaceSelector = "all()", Selector = text }, endpoints.Line),
                        Entity(new EntityRule { NamespaceSelector = "global()", Selector = text }, endpoints.Line),
                    ];
            case ServiceTerm service:
                return [Entity(new EntityRule { Services = new ServiceMatch { Name = service.Name, Namespace = service.Namespace } }, service.Line)];
            default:
                throw new InvalidOperationException($"no such peer: {term.GetType().Name}");
        }
    }

    private static CalicoEnd Entity(EntityRule entity, SourceLine line) => new(entity, null, [("", line)]);

    private static EntityRule Scoped(NamespaceScope scope, SelectorNode selector, string? serviceAccount, string? home)
    {
        ServiceAccountMatch? accounts = serviceAccount is null ? null : new ServiceAccountMatch { Names = [serviceAccount] };
        if (home is not null && (scope.Selector is null || scope.Name == home))
        {
            // A selector is what bounds the rule to endpoints of the namespace; without one it would match any address.
            return new EntityRule { Selector = selector.IsAll && accounts is not null ? null : selector.ToText(), ServiceAccounts = accounts };
        }

        return new EntityRule
        {
            NamespaceSelector = Guarded(scope.Selector ?? SelectorNode.All),
            Selector = selector.IsAll ? null : selector.ToText(),
            ServiceAccounts = accounts,
        };
    }

    private static IpFamily FamilyOf(string cidr) => cidr.Contains(':', StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4;
}
