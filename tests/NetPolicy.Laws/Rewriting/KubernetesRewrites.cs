using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Other ways to write Kubernetes policies that mean the same (Kubernetes 7). The dice choose where a way is taken.</summary>
public static class KubernetesRewrites
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary><c>from: []</c> is an absent one, and so are empty ports, exceptions and selectors' parts.</summary>
    public static World WithListsAbsentOrEmpty(World world, Dice dice) => Each<NetworkPolicyRule>(
        Each<IpBlockSpec>(
            Each<LabelSelectorSpec>(world, selector => selector with
            {
                MatchExpressions = EmptyOrNot(selector.MatchExpressions, dice),
                MatchLabels = selector.MatchLabels is { IsEmpty: false } labels ? labels : dice.Chance(50) ? null : new EquatableMap<string>([]),
            }),
            block => block with { Except = EmptyOrNot(block.Except, dice) }),
        rule => rule with { Peers = EmptyOrNot(rule.Peers, dice), Ports = EmptyOrNot(rule.Ports, dice) });

    /// <summary>Defaults written out.</summary>
    public static World WithDefaultsWritten(World world, Dice dice) => Each<NetworkPolicyPort>(
        Each<NetworkPolicySpec>(world, spec => spec with
        {
            PodSelector = spec.PodSelector ?? new LabelSelectorSpec(),
            PolicyTypes = spec.PolicyTypes is { IsEmpty: false } types ? types : TypesOf(spec),
            Ingress = spec.Ingress ?? [],
            Egress = spec.Egress ?? [],
        }),
        port => port with { Protocol = port.Protocol ?? "TCP" });

    /// <summary>A range as its ports, or as two ranges that meet.</summary>
    public static World WithRangesTakenApart(World world, Dice dice) => Each<NetworkPolicyRule>(world, rule => rule with
    {
        Ports = rule.Ports is { } ports ? ports.SelectMany(port => TakeApart(port, dice)).ToEquatableArray() : null,
    });

    /// <summary>All ports of a protocol as a range; says nothing of packets without ports.</summary>
    public static World WithProtocolsAsRanges(World world, Dice dice) => Each<NetworkPolicyPort>(
        world, port => port.Port is null && dice.Chance(80) ? port with { Port = IntOrString.Of(1), EndPort = 65535 } : port);

    /// <summary>Labels as requirements, and requirements of one value as labels.</summary>
    public static World WithLabelsAsExpressions(World world, Dice dice) => Each<LabelSelectorSpec>(world, selector => dice.Chance(50)
        ? new LabelSelectorSpec
        {
            MatchExpressions =
            [
                .. (selector.MatchLabels ?? default).Select(label => new LabelRequirement { Key = label.Key, Operator = "In", Values = [label.Value] }),
                .. selector.MatchExpressions ?? default,
            ],
        }
        : AsLabels(selector));

    /// <summary>A requirement of one of several values as so many peers.</summary>
    public static World WithValuesAsPeers(World world, Dice dice) => Each<NetworkPolicyRule>(world, rule => rule with
    {
        Peers = rule.Peers is { } peers
            ? peers.SelectMany(peer => peer.PodSelector is { } pods
                ? OneForEachValue(pods).Select(selector => peer with { PodSelector = selector })
                : peer.NamespaceSelector is { } namespaces ? OneForEachValue(namespaces).Select(selector => peer with { NamespaceSelector = selector }) : [peer]).ToEquatableArray()
            : null,
    });

    /// <summary>A requirement of none of several values as so many requirements.</summary>
    public static World WithForbiddenValuesApart(World world, Dice dice) => Each<LabelSelectorSpec>(world, selector => selector with
    {
        MatchExpressions = selector.MatchExpressions is { } expressions
            ? expressions.SelectMany(e => e is { Operator: "NotIn", Values: { Count: > 1 } values } ? values.Select(value => e with { Values = [value] }) : [e]).ToEquatableArray()
            : null,
    });

    /// <summary>The policy's own namespace by its name.</summary>
    public static World WithOwnNamespaceNamed(World world, Dice dice) => world.Rewrite((part, place) =>
        part is NetworkPolicyPeer { PodSelector: not null, NamespaceSelector: null } peer
            ? peer with { NamespaceSelector = new LabelSelectorSpec { MatchLabels = new EquatableMap<string>([new(NameLabel, place.Document.EffectiveNamespace!)]) } }
            : part);

    /// <summary>Namespaces as all pods in them.</summary>
    public static World WithAllPodsWritten(World world, Dice dice) => Each<NetworkPolicyPeer>(world, peer => peer switch
    {
        { NamespaceSelector: not null, PodSelector: null } => peer with { PodSelector = new LabelSelectorSpec() },
        { NamespaceSelector: not null, PodSelector: { } pods } when IsAll(pods) => peer with { PodSelector = null },
        _ => peer,
    });

    /// <summary>A block without its exceptions as the blocks that are left.</summary>
    public static World WithExceptionsCutOut(World world, Dice dice) => Each<NetworkPolicyRule>(world, rule => rule with
    {
        Peers = rule.Peers is { } peers && WithoutExceptions(peers) is { Count: > 0 } cut ? cut : rule.Peers,
    });

    /// <summary>A block as its halves.</summary>
    public static World WithBlocksHalved(World world, Dice dice) => Each<NetworkPolicyRule>(world, rule => rule with
    {
        Peers = rule.Peers is { } peers ? peers.SelectMany(peer => peer.IpBlock is { } block && dice.Chance(70) ? Halved(block) : [peer]).ToEquatableArray() : null,
    });

    /// <summary>One policy for both directions as one for each. Names change, so Calico policies must not stand beside it.</summary>
    public static World WithDirectionsApart(World world, Dice dice) => Split(world, dice, policy =>
    {
        NetworkPolicySpec spec = policy.Spec!;
        EquatableArray<string> types = spec.PolicyTypes is { IsEmpty: false } written ? written : TypesOf(spec);
        return types.Distinct().Count() < 2
            ? [policy]
            :
            [
                Named(policy, "-in") with { Spec = spec with { PolicyTypes = ["Ingress"], Egress = null } },
                Named(policy, "-out") with { Spec = spec with { PolicyTypes = ["Egress"], Ingress = null } },
            ];
    });

    /// <summary>One policy as several with one rule each. Names change, so Calico policies must not stand beside it.</summary>
    public static World WithRulesApart(World world, Dice dice) => Split(world, dice, policy =>
    {
        NetworkPolicySpec spec = policy.Spec! with { PolicyTypes = policy.Spec!.PolicyTypes is { IsEmpty: false } written ? written : TypesOf(policy.Spec!) };
        NetworkPolicyManifest[] parts =
        [
            .. (spec.Ingress ?? default).Select((rule, i) => Named(policy, Text($"-in{i}")) with { Spec = spec with { Ingress = [rule], Egress = null } }),
            .. (spec.Egress ?? default).Select((rule, i) => Named(policy, Text($"-out{i}")) with { Spec = spec with { Ingress = null, Egress = [rule] } }),
        ];
        return parts.Length == 0 ? [policy] : parts;
    });

    /// <summary>Rules, peers, ports and requirements in another order, some of them twice.</summary>
    public static World WithEverythingShuffled(World world, Dice dice) => world.Rewrite((part, _) => part switch
    {
        EquatableArray<NetworkPolicyRule> rules => Shuffle(rules, dice),
        EquatableArray<NetworkPolicyPeer> peers => Shuffle(peers, dice),
        EquatableArray<NetworkPolicyPort> ports => Shuffle(ports, dice),
        EquatableArray<LabelRequirement> requirements => Shuffle(requirements, dice),
        _ => part,
    });

    /// <summary>The types that a policy without them has.</summary>
    internal static EquatableArray<string> TypesOf(NetworkPolicySpec spec) => spec.Egress is { IsEmpty: false } ? ["Ingress", "Egress"] : ["Ingress"];

    internal static EquatableArray<T> Shuffle<T>(EquatableArray<T> items, Dice dice) =>
        items.AsEnumerable().Concat(items.Where(_ => dice.Chance(20))).OrderBy(_ => dice.Next()).ToEquatableArray();

    private static World Each<T>(World world, Func<T, T> change)
        where T : class => world.Rewrite((part, _) => part is T typed ? change(typed) : part);

    private static EquatableArray<T>? EmptyOrNot<T>(EquatableArray<T>? list, Dice dice) => list is { IsEmpty: false } ? list : dice.Chance(50) ? null : [];

    private static IEnumerable<NetworkPolicyPort> TakeApart(NetworkPolicyPort port, Dice dice)
    {
        if (port is not { Port: { IsNumber: true } first, EndPort: { } last } || last <= first.Number)
        {
            return [port];
        }

        if (last - first.Number < 8)
        {
            return Enumerable.Range(first.Number, last - first.Number + 1).Select(number => port with { Port = IntOrString.Of(number), EndPort = null });
        }

        int middle = dice.Between(first.Number, last - 1);
        return [port with { EndPort = middle }, port with { Port = IntOrString.Of(middle + 1) }];
    }

    private static LabelSelectorSpec AsLabels(LabelSelectorSpec selector)
    {
        Dictionary<string, string> labels = (selector.MatchLabels ?? default).ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);
        List<LabelRequirement> left = [];
        foreach (LabelRequirement requirement in selector.MatchExpressions ?? default)
        {
            if (requirement is not { Operator: "In", Values: { Count: 1 } values } || !labels.TryAdd(requirement.Key!, values[0]))
            {
                left.Add(requirement);
            }
        }

        return new LabelSelectorSpec { MatchLabels = new EquatableMap<string>(labels), MatchExpressions = left.ToEquatableArray() };
    }

    private static IEnumerable<LabelSelectorSpec> OneForEachValue(LabelSelectorSpec selector)
    {
        EquatableArray<LabelRequirement> expressions = selector.MatchExpressions ?? default;
        for (int i = 0; i < expressions.Count; i++)
        {
            if (expressions[i] is { Operator: "In", Values: { Count: > 1 } values } one)
            {
                int at = i;
                return values.Select(value => selector with { MatchExpressions = expressions.Select((e, j) => j == at ? one with { Values = [value] } : e).ToEquatableArray() });
            }
        }

        return [selector];
    }

    private static bool IsAll(LabelSelectorSpec selector) => selector.MatchLabels is null or { IsEmpty: true } && selector.MatchExpressions is null or { IsEmpty: true };

    private static EquatableArray<NetworkPolicyPeer> WithoutExceptions(EquatableArray<NetworkPolicyPeer> peers) =>
        peers.SelectMany(peer => peer.IpBlock is { Except: { IsEmpty: false } except } block
            ? Blocks.Without(block.Cidr!, [.. except]).Select(cidr => new NetworkPolicyPeer { IpBlock = new IpBlockSpec { Cidr = cidr } })
            : [peer]).ToEquatableArray();

    private static IEnumerable<NetworkPolicyPeer> Halved(IpBlockSpec block) => Blocks.Halves(block.Cidr!) is { } halves
        ? new[] { halves.Lower, halves.Upper }
            .Where(half => !(block.Except ?? default).Any(except => Blocks.IsInside(half, except)))
            .Select(half => new NetworkPolicyPeer
            {
                IpBlock = new IpBlockSpec { Cidr = half, Except = block.Except is { } all ? all.Where(except => Blocks.IsInside(except, half)).ToEquatableArray() : null },
            })
            .DefaultIfEmpty(new NetworkPolicyPeer { IpBlock = block })
        : [new NetworkPolicyPeer { IpBlock = block }];

    // Kubernetes policies meet Calico's of the same tier by name only where those have the order 1000.
    private static World Split(World world, Dice dice, Func<NetworkPolicyManifest, IEnumerable<NetworkPolicyManifest>> split) =>
        world.All<CalicoPolicyManifest>().Any(policy => policy.Spec is { Order: 1000 })
            ? world
            : world with
            {
                Manifests = world.Manifests.SelectMany<Manifest, Manifest>(manifest => manifest is NetworkPolicyManifest { Spec: not null } policy && dice.Chance(80) ? split(policy) : [manifest]).ToEquatableArray(),
            };

    private static NetworkPolicyManifest Named(NetworkPolicyManifest policy, string suffix) => policy with { Metadata = policy.Metadata with { Name = policy.Metadata.Name + suffix } };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
