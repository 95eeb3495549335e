using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Other ways to write cluster policies that mean the same (cluster policies 5.1 and 9). The dice choose where a way is taken.</summary>
public static class ClusterRewrites
{
    /// <summary>AdminNetworkPolicy and BaselineAdminNetworkPolicy as the ClusterNetworkPolicy they migrate to, where that has room for them.</summary>
    public static World WithPoliciesMigrated(World world, Dice dice) => With(world, manifest => manifest switch
    {
        AdminNetworkPolicyManifest { Spec: { Priority: { } priority } spec } policy when !IsTied(world, policy) => [Migrated(policy, spec, "Admin", priority)],
        BaselineAdminNetworkPolicyManifest { Spec: { } spec } policy when !IsTied(world, policy) => [Migrated(policy, spec, "Baseline", 1000)],
        _ => [manifest],
    });

    /// <summary>A policy's rules over two policies of adjacent priorities, where the second one is not used.</summary>
    public static World WithPoliciesSplit(World world, Dice dice)
    {
        HashSet<(string Tier, double Priority)> used = [.. world.Manifests.Select(manifest => PriorityOf(manifest) is { } at ? (TierOf(manifest)!, at) : default)];
        return With(world, manifest =>
        {
            if (PriorityOf(manifest) is not ({ } priority and < 1000) || used.Contains((TierOf(manifest)!, priority + 1)) || IsTied(world, manifest))
            {
                return [manifest];
            }

            Manifest second = manifest with { Metadata = manifest.Metadata with { Name = manifest.Metadata.Name + "-2" } };
            switch (manifest)
            {
                case ClusterNetworkPolicyManifest { Spec: { } spec } policy:
                    int ingress = dice.Between(0, spec.Ingress?.Count ?? 0), egress = dice.Between(0, spec.Egress?.Count ?? 0);
                    used.Add((TierOf(manifest)!, priority + 1));
                    return
                    [
                        policy with { Spec = spec with { Ingress = First(spec.Ingress, ingress), Egress = First(spec.Egress, egress) } },
                        (ClusterNetworkPolicyManifest)second with { Spec = spec with { Priority = spec.Priority + 1, Ingress = Rest(spec.Ingress, ingress), Egress = Rest(spec.Egress, egress) } },
                    ];
                case AdminNetworkPolicyManifest { Spec: { } spec } policy:
                    int before = dice.Between(0, spec.Ingress?.Count ?? 0), beyond = dice.Between(0, spec.Egress?.Count ?? 0);
                    used.Add((TierOf(manifest)!, priority + 1));
                    return
                    [
                        policy with { Spec = spec with { Ingress = First(spec.Ingress, before), Egress = First(spec.Egress, beyond) } },
                        (AdminNetworkPolicyManifest)second with { Spec = spec with { Priority = spec.Priority + 1, Ingress = Rest(spec.Ingress, before), Egress = Rest(spec.Egress, beyond) } },
                    ];
                default:
                    return [manifest];
            }
        });
    }

    /// <summary>A rule asked again right after itself, with another action.</summary>
    public static World WithShadowedRules(World world, Dice dice) => world.Rewrite((part, _) => part switch
    {
        EquatableArray<ClusterPolicyRule> rules => rules.SelectMany(rule => new[] { rule, rule with { Action = dice.Pick("Accept", "Deny", "Pass") } }).ToEquatableArray(),
        EquatableArray<AdminPolicyRule> rules => rules.SelectMany(rule => new[] { rule, rule with { Action = dice.Pick("Allow", "Deny") } }).ToEquatableArray(),
        _ => part,
    });

    /// <summary>One rule with several peers or ports as one rule for each.</summary>
    public static World WithRulesForEachEntry(World world, Dice dice) => world.Rewrite((part, _) => part switch
    {
        EquatableArray<ClusterPolicyRule> rules => rules
            .SelectMany(rule => rule.Peers is { Count: > 1 } peers ? peers.Select(peer => rule with { Peers = [peer] }) : [rule])
            .SelectMany(rule => rule.Protocols is { Count: > 1 } protocols ? protocols.Select(protocol => rule with { Protocols = [protocol] }) : [rule])
            .ToEquatableArray(),
        EquatableArray<AdminPolicyRule> rules => rules
            .SelectMany(rule => rule.Peers is { Count: > 1 } peers ? peers.Select(peer => rule with { Peers = [peer] }) : [rule])
            .SelectMany(rule => rule.Ports is { Count: > 1 } ports ? ports.Select(port => rule with { Ports = [port] }) : [rule])
            .ToEquatableArray(),
        _ => part,
    });

    /// <summary>Peers, ports and networks in another order, some of them twice, and networks as their halves.</summary>
    public static World WithEntriesShuffled(World world, Dice dice) => world.Rewrite((part, place) => part switch
    {
        EquatableArray<ClusterPolicyPeer> peers => KubernetesRewrites.Shuffle(peers, dice),
        EquatableArray<ClusterPolicyProtocol> protocols => KubernetesRewrites.Shuffle(protocols, dice),
        EquatableArray<AdminPolicyPort> ports => KubernetesRewrites.Shuffle(ports, dice),
        EquatableArray<string> networks when place.Field == nameof(ClusterPolicyPeer.Networks) =>
            networks.SelectMany(block => dice.Chance(50) && Blocks.Halves(block) is { } halves ? new[] { halves.Lower, halves.Upper } : [block]).OrderBy(_ => dice.Next()).ToEquatableArray(),
        _ => part,
    });

    /// <summary>Ports as ranges, ranges as two that meet or as ports, protocols' defaults written out.</summary>
    public static World WithPortsTakenApart(World world, Dice dice) => world.Rewrite((part, _) => part switch
    {
        EquatableArray<ClusterPolicyProtocol> protocols => protocols.SelectMany(protocol => TakenApart(protocol, dice)).ToEquatableArray(),
        EquatableArray<AdminPolicyPort> ports => ports.SelectMany(port => TakenApart(port, dice)).ToEquatableArray(),
        _ => part,
    });

    /// <summary>Namespaces as all pods in them.</summary>
    public static World WithAllPodsWritten(World world, Dice dice) => world.Rewrite((part, _) => part switch
    {
        ClusterPolicySubject { Namespaces: { } namespaces } => new ClusterPolicySubject { Pods = All(namespaces) },
        _ => part,
    });

    /// <summary>A policy without rules, and one whose subject is nobody.</summary>
    public static World WithMorePoliciesThatSayNothing(World world, Dice dice) => world with
    {
        Manifests =
        [
            .. world.Manifests,
            Added("idle", dice.Pick("Admin", "Baseline"), dice.Between(0, 1000), new ClusterPolicySubject { Namespaces = new LabelSelectorSpec() }, null),
            Added("nobody", dice.Pick("Admin", "Baseline"), dice.Between(0, 1000), Nobody, [.. Rules("Deny")]),
        ],
    };

    /// <summary>The priority within its tier; that of a BaselineAdminNetworkPolicy, which has none, is after all others. Null for other kinds.</summary>
    public static double? PriorityOf(Manifest manifest) => manifest switch
    {
        ClusterNetworkPolicyManifest { Spec: { } spec } => spec.Priority,
        AdminNetworkPolicyManifest { Spec: { } spec } => spec.Priority,
        _ => null,
    };

    /// <summary>The Calico tier that a cluster policy stands in; null for other kinds.</summary>
    public static string? TierOf(Manifest manifest) => manifest switch
    {
        ClusterNetworkPolicyManifest { Spec.Tier: "Baseline" } or BaselineAdminNetworkPolicyManifest => "kube-baseline",
        ClusterNetworkPolicyManifest or AdminNetworkPolicyManifest => "kube-admin",
        _ => null,
    };

    /// <summary>An Admin policy for every pod whose only rule of each direction passes everything from and to pods, and networks.</summary>
    internal static ClusterNetworkPolicyManifest Added(
        string name, string tier, int priority, ClusterPolicySubject subject, EquatableArray<ClusterPolicyRule>? rules) => new()
    {
        Metadata = new ObjectMetadata { Name = name },
        Spec = new ClusterNetworkPolicySpec { Tier = tier, Priority = priority, Subject = subject, Ingress = rules, Egress = rules },
    };

    private static ClusterPolicySubject Nobody => new()
    {
        Namespaces = new LabelSelectorSpec
        {
            MatchExpressions = [new LabelRequirement { Key = "a", Operator = "Exists" }, new LabelRequirement { Key = "a", Operator = "DoesNotExist" }],
        },
    };

    private static IEnumerable<ClusterPolicyRule> Rules(string action) =>
        [new ClusterPolicyRule { Action = action, Peers = [new ClusterPolicyPeer { Namespaces = new LabelSelectorSpec() }] }];

    // What else stands at the same place of the same tier makes order depend on names.
    private static bool IsTied(World world, Manifest manifest)
    {
        string tier = TierOf(manifest)!;
        double? priority = PriorityOf(manifest);
        return world.Manifests.Any(other => other.Id != manifest.Id && TierOf(other) == tier && (priority is null || PriorityOf(other) is not { } its || its == priority))
            || world.All<CalicoPolicyManifest>().Any(other => other.Spec is { } spec && spec.Tier == tier
                && (priority is null || spec.Order == priority || (spec.Order > priority && spec.Order <= priority + 1)));
    }

    private static World With(World world, Func<Manifest, IEnumerable<Manifest>> change) => world with { Manifests = world.Manifests.SelectMany(change).ToEquatableArray() };

    private static NamespacedPodSelector All(LabelSelectorSpec namespaces) => new() { NamespaceSelector = namespaces, PodSelector = new LabelSelectorSpec() };

    private static EquatableArray<T>? First<T>(EquatableArray<T>? rules, int count) => rules is { } all ? all.Take(count).ToEquatableArray() : null;

    private static EquatableArray<T>? Rest<T>(EquatableArray<T>? rules, int count) => rules is { } all ? all.Skip(count).ToEquatableArray() : null;

    private static ClusterNetworkPolicyManifest Migrated(Manifest policy, AdminNetworkPolicySpec spec, string tier, int priority) => new()
    {
        Metadata = policy.Metadata with { Name = policy.Metadata.Name + "-migrated" },
        Spec = new ClusterNetworkPolicySpec { Tier = tier, Priority = priority, Subject = spec.Subject, Ingress = Migrated(spec.Ingress), Egress = Migrated(spec.Egress) },
    };

    private static EquatableArray<ClusterPolicyRule>? Migrated(EquatableArray<AdminPolicyRule>? rules) => rules is { } all
        ? all.Select(rule => new ClusterPolicyRule
        {
            Name = rule.Name,
            Action = rule.Action == "Allow" ? "Accept" : rule.Action,
            Peers = rule.Peers,
            Protocols = rule.Ports is { } ports ? ports.Select(Migrated).ToEquatableArray() : null,
        }).ToEquatableArray()
        : null;

    private static ClusterPolicyProtocol Migrated(AdminPolicyPort port) => port switch
    {
        { PortNumber: { } number } => Of(number.Protocol, new DestinationPort { Number = number.Port }),
        { PortRange: { } range } when range.Start == range.End => Of(range.Protocol, new DestinationPort { Number = range.Start }),
        { PortRange: { } range } => Of(range.Protocol, new DestinationPort { Range = new DestinationPortRange { Start = range.Start, End = range.End } }),
        _ => new ClusterPolicyProtocol { DestinationNamedPort = port.NamedPort },
    };

    private static ClusterPolicyProtocol Of(string? protocol, DestinationPort port) => protocol switch
    {
        "UDP" => new ClusterPolicyProtocol { Udp = new DestinationPortMatch { DestinationPort = port } },
        "SCTP" => new ClusterPolicyProtocol { Sctp = new DestinationPortMatch { DestinationPort = port } },
        _ => new ClusterPolicyProtocol { Tcp = new DestinationPortMatch { DestinationPort = port } },
    };

    private static IEnumerable<ClusterPolicyProtocol> TakenApart(ClusterPolicyProtocol protocol, Dice dice) => protocol switch
    {
        { Tcp.DestinationPort: { } port } => TakenApart(port, dice).Select(p => Of("TCP", p)),
        { Udp.DestinationPort: { } port } => TakenApart(port, dice).Select(p => Of("UDP", p)),
        { Sctp.DestinationPort: { } port } => TakenApart(port, dice).Select(p => Of("SCTP", p)),
        _ => [protocol],
    };

    private static IEnumerable<DestinationPort> TakenApart(DestinationPort port, Dice dice)
    {
        if (port.Range is not { Start: { } start, End: { } end } || start >= end)
        {
            return [port];
        }

        int middle = dice.Between(start, end - 1);
        return [Between(start, middle), Between(middle + 1, end)];
    }

    private static DestinationPort Between(int start, int end) =>
        start == end ? new DestinationPort { Number = start } : new DestinationPort { Range = new DestinationPortRange { Start = start, End = end } };

    private static IEnumerable<AdminPolicyPort> TakenApart(AdminPolicyPort port, Dice dice)
    {
        if (port.PortNumber is { Port: { } number } one)
        {
            return [new AdminPolicyPort { PortRange = new AdminPortRange { Protocol = one.Protocol ?? "TCP", Start = number, End = number } }];
        }

        if (port.PortRange is not { Start: { } start, End: { } end } range || start >= end)
        {
            return [port];
        }

        int middle = dice.Between(start, end - 1);
        return [new AdminPolicyPort { PortRange = range with { End = middle } }, new AdminPolicyPort { PortRange = range with { Start = middle + 1 } }];
    }
}
