using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Other ways to write Calico policies that mean the same. The dice choose where a way is taken.</summary>
public static class CalicoRewrites
{
    /// <summary>Defaults written out.</summary>
    public static World WithDefaultsWritten(World world, Dice dice) => world.Rewrite((part, place) => part switch
    {
        CalicoPolicySpec spec => spec with
        {
            Tier = spec.Tier ?? "default",
            Types = spec.Types is { IsEmpty: false } types ? types : spec.StagedAction == "Delete" ? spec.Types : TypesOf(spec),
            DoNotTrack = spec.DoNotTrack ?? false,
            PreDnat = spec.PreDnat ?? false,
            ApplyOnForward = spec.ApplyOnForward ?? false,
        },
        TierManifest { Metadata.Name: "t1" or "t2" } tier => tier with { Order = tier.Order ?? 1_000_000, DefaultAction = tier.DefaultAction ?? "Deny" },
        ServiceMatch service => service with { Namespace = service.Namespace ?? place.Document.EffectiveNamespace },
        ContainerPort port => port with { Protocol = port.Protocol ?? "TCP" },
        ServicePortSpec port when place.Owner == typeof(ServiceManifest) => port with { Protocol = port.Protocol ?? "TCP", TargetPort = port.TargetPort ?? IntOrString.Of(port.Port) },
        _ => part,
    });

    /// <summary>A port as a range, a range as two that meet.</summary>
    public static World WithPortsAsRanges(World world, Dice dice) => world.Rewrite((part, place) =>
        part is EquatableArray<IntOrString> ports && place.Owner == typeof(EntityRule) ? ports.SelectMany(port => AsRanges(port, dice)).ToEquatableArray() : part);

    /// <summary>Blocks of rules and of sets as their halves.</summary>
    public static World WithBlocksHalved(World world, Dice dice) => world.Rewrite((part, place) =>
        part is EquatableArray<string> blocks && place.Field is nameof(EntityRule.Nets) or nameof(EntityRule.NotNets)
            ? ((EquatableArray<string>)part).SelectMany(block => dice.Chance(70) && Blocks.Halves(block) is { } halves ? new[] { halves.Lower, halves.Upper } : [block]).ToEquatableArray()
            : part);

    /// <summary>Selectors in parentheses, denied twice or said twice.</summary>
    public static World WithSelectorsInflated(World world, Dice dice) => world.Rewrite((part, place) => part is string selector && IsSelector(place) ? Inflated(selector, dice) : part);

    /// <summary>Protocols by number or by name. Not those of ICMP, whose names imply a family.</summary>
    public static World WithProtocolsByNumber(World world, Dice dice) => world.Rewrite((part, place) =>
        part is IntOrString protocol && place.Owner == typeof(CalicoRule)
            ? protocol.ToString() switch
            {
                "TCP" => IntOrString.Of(6),
                "UDP" => IntOrString.Of(17),
                "SCTP" => IntOrString.Of(132),
                "6" => IntOrString.Of("TCP"),
                "17" => IntOrString.Of("UDP"),
                "132" => IntOrString.Of("SCTP"),
                _ => protocol,
            }
            : part);

    /// <summary>Entries of lists in another order, some of them twice.</summary>
    public static World WithEntriesShuffled(World world, Dice dice) => world.Rewrite((part, place) => part switch
    {
        EquatableArray<IntOrString> ports => KubernetesRewrites.Shuffle(ports, dice),
        EquatableArray<string> texts when place.Owner == typeof(EntityRule) || place.Owner == typeof(ServiceAccountMatch) || place.Owner == typeof(HttpMatch)
            || place.Document is NetworkSetManifest or GlobalNetworkSetManifest => KubernetesRewrites.Shuffle(texts, dice),
        EquatableArray<HttpPath> paths => KubernetesRewrites.Shuffle(paths, dice),
        _ => part,
    });

    /// <summary>One rule with several blocks or ports as one rule for each.</summary>
    public static World WithRulesForEachEntry(World world, Dice dice) => world.Rewrite((part, _) => part is EquatableArray<CalicoRule> rules
        ? rules.SelectMany(rule => ForEach(rule, r => r.Source, (r, e) => r with { Source = e }))
            .SelectMany(rule => ForEach(rule, r => r.Destination, (r, e) => r with { Destination = e }))
            .ToEquatableArray()
        : part);

    /// <summary>A rule that was just asked asked again, with any action, and a Log rule before it.</summary>
    public static World WithShadowedRules(World world, Dice dice) => world.Rewrite((part, _) => part is EquatableArray<CalicoRule> rules
        ? rules.SelectMany(rule => rule.Action == "Log"
            ? new[] { rule, rule }
            : [rule with { Action = "Log", Http = null }, rule, rule.Http is null ? rule with { Action = dice.Pick("Allow", "Deny", "Pass") } : rule]).ToEquatableArray()
        : part);

    /// <summary>A policy's rules over two policies next to each other: the first takes the name, the second one that sorts right behind it.</summary>
    public static World WithPoliciesSplit(World world, Dice dice)
    {
        List<Manifest> all = [];
        foreach (Manifest manifest in world.Manifests)
        {
            if (manifest is CalicoPolicyManifest { Spec: { StagedAction: not "Delete" } spec } policy && IsLastOfItsOrder(policy, world))
            {
                int ingress = dice.Between(0, spec.Ingress?.Count ?? 0), egress = dice.Between(0, spec.Egress?.Count ?? 0);
                CalicoPolicySpec written = spec with { Types = spec.Types is { IsEmpty: false } types ? types : TypesOf(spec) };
                all.Add(policy with { Spec = written with { Ingress = First(spec.Ingress, ingress), Egress = First(spec.Egress, egress) } });
                all.Add(policy with
                {
                    Metadata = policy.Metadata with { Name = policy.Metadata.Name + "-zz" },
                    Spec = written with { Order = spec.Order + 0.125, Ingress = Rest(spec.Ingress, ingress), Egress = Rest(spec.Egress, egress) },
                });
            }
            else
            {
                all.Add(manifest);
            }
        }

        return world with { Manifests = all.ToEquatableArray() };
    }

    /// <summary>Other orders in the same order; that of Kubernetes policies stays, and so do tiers in which cluster policies stand by priority.</summary>
    public static World WithOtherOrders(World world, Dice dice)
    {
        int more = dice.Between(2, 9);
        return world.Rewrite((part, _) => part is CalicoPolicySpec { Order: { } order } spec && Tier(spec) is not ("kube-admin" or "kube-baseline") ? spec with { Order = 1000 + ((order - 1000) * more) } : part);
    }

    /// <summary>Tiers without policies, and policies that select nothing or have nothing to say.</summary>
    public static World WithMorePoliciesThatSelectNothing(World world, Dice dice) => world with
    {
        Manifests =
        [
            .. world.Manifests,
            new TierManifest { Metadata = new ObjectMetadata { Name = "empty" }, Order = dice.Pick(0, 1, 500), DefaultAction = "Deny" },
            Nobody(dice, "nobody1", "default"),
            Nobody(dice, "nobody2", "empty"),
        ],
    };

    /// <summary>The types that a policy without them has (Calico 1.6).</summary>
    internal static EquatableArray<string> TypesOf(CalicoPolicySpec spec) => (spec.Ingress is { IsEmpty: false }, spec.Egress is { IsEmpty: false }) switch
    {
        (_, false) => ["Ingress"],
        (false, true) => ["Egress"],
        (true, true) => ["Ingress", "Egress"],
    };

    /// <summary>True for fields that hold a selector of Calico's language.</summary>
    internal static bool IsSelector(Place place) => place.Field is "Selector" or "NotSelector" or "NamespaceSelector" or "ServiceAccountSelector"
        && (place.Owner == typeof(CalicoPolicySpec) || place.Owner == typeof(EntityRule) || place.Owner == typeof(ServiceAccountMatch));

    // What follows a policy in its tier must have a greater order than the second half gets.
    private static bool IsLastOfItsOrder(CalicoPolicyManifest policy, World world)
    {
        CalicoPolicySpec spec = policy.Spec!;
        string tier = Tier(spec);
        return spec.Order is { } order
            && (tier != "default" || order != 1000 || !world.Manifests.Any(m => m.Kind is "NetworkPolicy" or "StagedKubernetesNetworkPolicy" && m is not CalicoPolicyManifest))
            && !(tier is "kube-admin" or "kube-baseline" && world.Manifests.Any(m => ClusterRewrites.PriorityOf(m) == order))
            && !world.All<CalicoPolicyManifest>().Any(other => other != policy && other.Spec is { } its && Tier(its) == tier && its.Order == order);
    }

    private static string Tier(CalicoPolicySpec spec) => string.IsNullOrEmpty(spec.Tier) ? "default" : spec.Tier;

    private static CalicoPolicyManifest Nobody(Dice dice, string name, string tier) => new()
    {
        PolicyKind = CalicoPolicyKind.GlobalNetworkPolicy,
        Metadata = new ObjectMetadata { Name = name },
        Spec = new CalicoPolicySpec
        {
            Tier = tier,
            Order = dice.Pick<double?>(null, 0, 999),
            Selector = "has(a) && !has(a)",
            Types = ["Ingress", "Egress"],
            Ingress = [new CalicoRule { Action = "Deny" }],
            Egress = [new CalicoRule { Action = "Allow" }],
        },
    };

    private static EquatableArray<CalicoRule>? First(EquatableArray<CalicoRule>? rules, int count) => rules is { } all ? all.Take(count).ToEquatableArray() : null;

    private static EquatableArray<CalicoRule>? Rest(EquatableArray<CalicoRule>? rules, int count) => rules is { } all ? all.Skip(count).ToEquatableArray() : null;

    private static IEnumerable<IntOrString> AsRanges(IntOrString port, Dice dice)
    {
        string[] ends = port.ToString().Split(':');
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            || dice.Chance(20))
        {
            return [port];
        }

        if (first == last)
        {
            return [IntOrString.Of(Range(first, last))];
        }

        int middle = dice.Between(first, last - 1);
        return [IntOrString.Of(Range(first, middle)), IntOrString.Of(Range(middle + 1, last))];
    }

    private static string Range(int first, int last) => FormattableString.Invariant($"{first}:{last}");

    private static string Inflated(string selector, Dice dice)
    {
        if (selector.Length == 0 || selector.Contains("global(", StringComparison.Ordinal) || dice.Chance(20))
        {
            return selector;
        }

        return dice.Pick($"({selector})", $"!!({selector})", $"({selector}) && ({selector})", $"({selector}) || ({selector})", $"  {selector}  ");
    }

    private static IEnumerable<CalicoRule> ForEach(CalicoRule rule, Func<CalicoRule, EntityRule?> get, Func<CalicoRule, EntityRule, CalicoRule> set)
    {
        EntityRule? entity = get(rule);
        return entity?.Nets is { Count: > 1 } nets ? nets.Select(net => set(rule, entity with { Nets = [net] }))
            : entity?.Ports is { Count: > 1 } ports ? ports.Select(port => set(rule, entity with { Ports = [port] }))
            : [rule];
    }
}
