using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Observation;

namespace NetPolicy.Enforce.Safety;

/// <summary>
/// Finds what keeps packets from the rules, or rules from meaning what policy says: IPVS, flowtables, programs on interfaces, other policy engines, untracked
/// connections, workloads that packets reach by another way. What could not be looked at is a gap of its own, never taken for fine.
/// </summary>
public static partial class EnforcementGaps
{
    private static readonly (string Prefix, string Engine)[] s_engines =
    [
        ("cali-", "Calico"), ("KUBE-NWPLCY-", "kube-router"), ("KUBE-POD-FW-", "kube-router"), ("KUBE-ROUTER-", "kube-router"), ("CILIUM_", "Cilium"),
        ("ANTREA-", "Antrea"), ("WEAVE-NPC", "Weave Net"),
    ];

    private static readonly (string Table, string Engine)[] s_engineTables =
        [("calico", "Calico"), ("kube-network-policies", "kube-network-policies"), ("kindnet-network-policies", "kindnet"), ("kube-router", "kube-router")];

    private static readonly (string Mark, string Owner)[] s_owners =
        [("firewalld", "firewalld"), ("DOCKER", "Docker"), ("KUBE-", "kube-proxy"), ("kube-proxy", "kube-proxy"), ("ufw", "ufw"), ("LIBVIRT", "libvirt")];

    /// <summary>Names by which gaps can be accepted; <c>pod</c> gaps by their pod too.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["bridge", "ebpf", "engine", "flowtable", "ipvs", "notrack", "pod", "unread"];

    /// <summary>All gaps, in the order of their names.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="filters">What else decides there.</param>
    /// <param name="workloads">The workloads that rules are for.</param>
    /// <param name="bridges">Bridges that rules know workloads behind: <see cref="EnforcementOptions.Bridges"/>.</param>
    public static IReadOnlyList<EnforcementGap> Find(
        HostFacts host, FilterFacts filters, IEnumerable<LocalWorkload> workloads, EquatableArray<PodBridge> bridges = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentNullException.ThrowIfNull(workloads);
        return
        [
            .. Past(filters).Concat(Engines(filters)).Concat(Untracked(filters)).Concat(workloads.SelectMany(w => Pods(host, filters, w, bridges)))
                .Concat(bridges.AsEnumerable().SelectMany(b => Bridges(host, filters, b, workloads)))
                .Concat(host.Unread.AsEnumerable().Concat(filters.Unread).Select(u => Gap("unread", Findings.HostNotReadable, $"could not be looked at: {u}")))
                .OrderBy(g => g.Name, StringComparer.Ordinal).ThenBy(g => g.Finding.Message, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Chains of others that drop or refuse packets at hooks where ours allow: an accept of ours does not overrule them. In the order of hook and table.
    /// </summary>
    public static IReadOnlyList<Diagnostic> ForeignDrops(FilterFacts filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        List<Diagnostic> found = [];
        foreach (ForeignChain chain in filters.Chains.AsEnumerable().Where(c => c.Hook is "forward" or "input" or "output" or "prerouting" or "postrouting")
            .OrderBy(c => c.Hook, StringComparer.Ordinal).ThenBy(c => c.Table, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal))
        {
            int drops = Reached(filters, chain).Sum(c => c.Rules.AsEnumerable().Count(IsDrop));
            if (!chain.DropsByPolicy && drops == 0)
            {
                continue;
            }

            string how = (chain.DropsByPolicy, drops) switch
            {
                (true, 0) => "drops by policy",
                (true, _) => string.Create(CultureInfo.InvariantCulture, $"drops by policy and in {drops} of its rules"),
                _ => string.Create(CultureInfo.InvariantCulture, $"drops in {drops} of its rules"),
            };
            string owner = OwnerOf(filters, chain) is { } known ? $" ({known})" : "";
            found.Add(On(Findings.ForeignDrop, $"chain `{chain.Name}` of table `{chain.Table}`{owner} {how} at {chain.Hook}, so that what policy allows may still be denied"));
        }

        return found;
    }

    private static IEnumerable<EnforcementGap> Past(FilterFacts filters)
    {
        if (!filters.IpvsServices.IsEmpty)
        {
            yield return Gap(
                "ipvs", Findings.AvoidsRules,
                string.Create(CultureInfo.InvariantCulture, $"IPVS has {filters.IpvsServices.Count} services such as `{filters.IpvsServices[0]}`: what it forwards never meets the rules for forwarded packets"));
        }

        foreach (string flowtable in filters.Flowtables.AsEnumerable())
        {
            yield return Gap("flowtable", Findings.AvoidsRules, $"flowtable `{flowtable}`: connections in it skip the rules after their first packets, and go on when policy changes");
        }

        foreach (PacketProgram program in filters.Programs.AsEnumerable())
        {
            yield return Gap(
                "ebpf:" + program.Interface, Findings.AvoidsRules,
                $"a program at {program.Place} of interface `{program.Interface}` sees packets before the rules, and may send them past or translate them");
        }

        foreach (ForeignChain chain in filters.Chains.AsEnumerable().Where(c => c.Rules.AsEnumerable().Any(r => r.Contains("fwd to ", StringComparison.Ordinal))))
        {
            yield return Gap("flowtable", Findings.AvoidsRules, $"chain `{chain.Name}` of table `{chain.Table}` sends packets straight to an interface");
        }
    }

    private static IEnumerable<EnforcementGap> Engines(FilterFacts filters)
    {
        IEnumerable<(string Engine, string Where)> found =
        [
            .. from chain in filters.Chains
               from engine in s_engines
               where chain.Name.StartsWith(engine.Prefix, StringComparison.Ordinal)
               select (engine.Engine, $"table `{chain.Table}`"),
            .. from chain in filters.Chains
               from engine in s_engineTables
               where chain.Table.Split(' ')[1] == engine.Table
               select (engine.Engine, $"table `{chain.Table}`"),
            .. from name in filters.LegacyChains
               from engine in s_engines
               where name.Split(' ')[1].StartsWith(engine.Prefix, StringComparison.Ordinal)
               select (engine.Engine, "iptables-legacy"),
        ];
        foreach (IGrouping<string, string> engine in found.Distinct().GroupBy(f => f.Engine, f => f.Where, StringComparer.Ordinal))
        {
            yield return Gap(
                "engine:" + engine.Key.ToLowerInvariant().Replace(' ', '-'), Findings.OtherEngine,
                $"{engine.Key} enforces policy here too, in {string.Join(", ", engine.Order(StringComparer.Ordinal))}: both decide each packet, by different rules");
        }
    }

    private static IEnumerable<EnforcementGap> Untracked(FilterFacts filters)
    {
        foreach (ForeignChain chain in filters.Chains.AsEnumerable().Where(c => c.Hook is "prerouting" or "output"))
        {
            if (Reached(filters, chain).SelectMany(c => c.Rules).FirstOrDefault(r => r.Split(' ').Contains("notrack") || r.Contains("\"CT\"", StringComparison.Ordinal)) is { } rule)
            {
                yield return Gap(
                    "notrack", Findings.AvoidsRules,
                    $"chain `{chain.Name}` of table `{chain.Table}` (priority {chain.Priority}) takes packets out of connection tracking by `{rule}`: their answers are judged as if they were new");
            }
        }
    }

    private static IEnumerable<EnforcementGap> Pods(HostFacts host, FilterFacts filters, LocalWorkload workload, EquatableArray<PodBridge> bridges)
    {
        if (workload.Bridge is not null || BridgeTo(host, workload, bridges) is not null)
        {
            foreach (EnforcementGap gap in Bridged(host, workload, bridges))
            {
                yield return gap;
            }

            yield break;
        }

        HostInterface? own = host.Find(workload.Interface);
        if (own?.Master is { } master)
        {
            yield return Pod(workload, $"its interface `{own.Name}` is a port of bridge `{master}`, where the rules see the bridge and not the port{Bridged(filters)}", master);
            yield break;
        }

        foreach (IpAddress address in workload.Addresses.AsEnumerable())
        {
            HostRoute? route = host.RouteTo(address);
            bool isSpecific = route is { Destination.Length: > 0, Interface: not null };
            if (isSpecific && route!.Interface != workload.Interface)
            {
                string kind = host.Find(route.Interface!)?.Kind == "bridge" ? "bridge" : "interface";
                yield return Pod(
                    workload,
                    $"{address} is routed to {kind} `{route.Interface}`, while rules know it behind `{workload.Interface}`{(kind == "bridge" ? Bridged(filters) : "")}",
                    kind == "bridge" ? route.Interface : null);
            }
            else if (own is null)
            {
                yield return new EnforcementGap(
                    "absent:" + workload.Name,
                    On(Findings.WorkloadAbsent, $"`{workload.Name}` is not here: there is no interface `{workload.Interface}` and no route to {address}"));
                yield break;
            }
            else if (!isSpecific)
            {
                yield return Pod(workload, $"there is no route to {address} by its interface `{own.Name}`");
            }
        }
    }

    private static string Bridged(FilterFacts filters) => filters.BridgedPacketsAreFiltered.IsEmpty
        ? "; packets between its ports meet no rule at all (`net.bridge.bridge-nf-call-iptables` is not 1)"
        : "";

    private static EnforcementGap Pod(LocalWorkload workload, string why, string? bridge = null)
    {
        EnforcementGap gap = Gap("pod:" + workload.Name, Findings.WorkloadNotEnforced, $"policy of `{workload.Name}` is not enforced: {why}");
        return bridge is null ? gap : gap with { Finding = gap.Finding with { Help = $"name the bridge by `--bridge {bridge}`, or accept it by `--accept-unenforced {gap.Name}`" } };
    }

    private static EnforcementGap Gap(string name, DiagnosticDescriptor descriptor, string message) =>
        new(name, On(descriptor, message) with { Help = $"{descriptor.Help.Split(';')[0]}, or accept it by `--accept-unenforced {name}`" });

    private static Diagnostic On(DiagnosticDescriptor descriptor, string message) => new(descriptor, message, new SourceSpan("machine", 0, 0));

    private static bool IsDrop(string rule)
    {
        // What stands in quotes are names and texts.
        IEnumerable<string> words = rule.Split('"').Where((_, part) => part % 2 == 0).SelectMany(part => part.Split(' '));
        return words.Contains("drop") || words.Contains("reject");
    }

    private static string? OwnerOf(FilterFacts filters, ForeignChain chain)
    {
        IEnumerable<string> names = [chain.Table, chain.Name, .. Reached(filters, chain).Select(c => c.Name)];
        string[] owners = [.. s_owners.Where(o => names.Any(n => n.Contains(o.Mark, StringComparison.Ordinal))).Select(o => o.Owner).Distinct()];
        return owners.Length == 0 ? null : string.Join(", ", owners);
    }

    /// <summary>A chain and those that its rules lead to.</summary>
    private static List<ForeignChain> Reached(FilterFacts filters, ForeignChain start)
    {
        Dictionary<string, ForeignChain> named = filters.Chains.AsEnumerable().Where(c => c.Table == start.Table).DistinctBy(c => c.Name).ToDictionary(c => c.Name, StringComparer.Ordinal);
        List<ForeignChain> reached = [start];
        HashSet<string> seen = [start.Name];
        for (int at = 0; at < reached.Count; at++)
        {
            foreach (string rule in reached[at].Rules)
            {
                string[] words = rule.Split([' ', ',', '}'], StringSplitOptions.RemoveEmptyEntries);
                for (int i = 0; i + 1 < words.Length; i++)
                {
                    if (words[i] is "jump" or "goto" && named.TryGetValue(words[i + 1], out ForeignChain? next) && seen.Add(next.Name))
                    {
                        reached.Add(next);
                    }
                }
            }
        }

        return reached;
    }
}
