using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>
/// What <see cref="RealProfile"/> makes, counted from its documents by plain loops, in the terms of the published profile: a policy is empty if it has rules but selects
/// no pod or none of its rules has a peer; selectors, blocks and ports are counted for each rule of the policies that have an effect.
/// </summary>
public sealed class ProfileFigures
{
    private const double Tolerance = 0.10;
    private readonly World _world;
    private readonly Dictionary<string, List<EquatableMap<string>>> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, LabelSelectorSpec?), int> _known = [];
    private readonly List<NamespaceManifest> _namespaces;
    private readonly List<int> _subjects = [], _peers = [], _selectors = [], _blocks = [], _blockPorts = [];
    private int _empty;

    private ProfileFigures(World world)
    {
        _world = world;
        _namespaces = [.. world.Manifests.OfType<NamespaceManifest>()];
        foreach (PodManifest pod in world.AllPods)
        {
            string @namespace = pod.EffectiveNamespace!;
            if (!_pods.TryGetValue(@namespace, out List<EquatableMap<string>>? list))
            {
                _pods[@namespace] = list = [];
            }

            list.Add(pod.Metadata.Labels ?? default);
        }

        foreach (NetworkPolicyManifest policy in world.Manifests.OfType<NetworkPolicyManifest>())
        {
            Count(policy);
        }
    }

    /// <summary>Counts.</summary>
    public static IReadOnlyList<Figure> Of(World world)
    {
        ArgumentNullException.ThrowIfNull(world);
        ProfileFigures figures = new(world);
        return
        [
            new("pods", world.Pods, RealProfile.Pods),
            new("namespaces", figures._namespaces.Count, RealProfile.Namespaces),
            new("policies", world.Policies, RealProfile.Policies),
            new("empty policies", figures._empty, RealProfile.EmptyPolicies),
            new("pods selected, average", figures._subjects.Average(), 13.14),
            new("pods selected, median", Median(figures._subjects), 6),
            new("rules of policies with effect", figures._selectors.Count, 15_423),
            new("ports of a rule with blocks, average", figures._blockPorts.Average(), 0.881),
            new("selectors of a rule, average", figures._selectors.Average(), 0.624),
            new("blocks of a rule, average", figures._blocks.Average(), 0.543),
            new("peer pods of a rule with selectors, average", figures._peers.Average(), 35.4),
            new("peer pods of a rule with selectors, median", Median(figures._peers), 2),
        ];
    }

    private static int Median(List<int> values) => values.Order().ElementAt(values.Count / 2);

    private void Count(NetworkPolicyManifest policy)
    {
        string own = policy.EffectiveNamespace!;
        NetworkPolicyRule[] rules = [.. policy.Spec?.Ingress ?? [], .. policy.Spec?.Egress ?? []];
        int subjects = CountPods(own, policy.Spec?.PodSelector);
        int[] peers = [.. rules.Select(r => (r.Peers ?? []).Sum(p => PodsOf(own, p)))];
        bool[] blocks = [.. rules.Select(r => (r.Peers ?? []).Any(p => p.IpBlock is not null))];
        if (rules.Length == 0)
        {
            return;
        }

        if (subjects == 0 || !rules.Where((r, i) => peers[i] > 0 || blocks[i] || r.Peers is null).Any())
        {
            _empty++;
            return;
        }

        _subjects.Add(subjects);
        for (int i = 0; i < rules.Length; i++)
        {
            EquatableArray<NetworkPolicyPeer> of = rules[i].Peers ?? [];
            int selectors = of.Count(p => p.IpBlock is null);
            _selectors.Add(selectors);
            _blocks.Add(of.Count - selectors);
            if (selectors > 0)
            {
                _peers.Add(peers[i]);
            }

            if (blocks[i])
            {
                _blockPorts.Add((rules[i].Ports ?? []).Count);
            }
        }
    }

    private int PodsOf(string own, NetworkPolicyPeer peer) => peer.IpBlock is not null ? 0
        : peer.NamespaceSelector is null ? CountPods(own, peer.PodSelector)
        : _namespaces.Where(n => Matches(peer.NamespaceSelector, n.Metadata.Labels ?? default)).Sum(n => CountPods(n.Metadata.Name!, peer.PodSelector));

    private int CountPods(string @namespace, LabelSelectorSpec? selector)
    {
        if (!_known.TryGetValue((@namespace, selector), out int count))
        {
            count = _pods.TryGetValue(@namespace, out List<EquatableMap<string>>? pods) ? pods.Count(labels => Matches(selector, labels)) : 0;
            _known[(@namespace, selector)] = count;
        }

        return count;
    }

    // The generator uses equality and `In` only.
    private static bool Matches(LabelSelectorSpec? selector, EquatableMap<string> labels)
    {
        foreach (KeyValuePair<string, string> wanted in selector?.MatchLabels ?? default)
        {
            if (!labels.TryGetValue(wanted.Key, out string? value) || value != wanted.Value)
            {
                return false;
            }
        }

        foreach (LabelRequirement requirement in selector?.MatchExpressions ?? default)
        {
            if (!labels.TryGetValue(requirement.Key!, out string? value) || !(requirement.Values ?? default).Contains(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One figure, and what the profile says.</summary>
    /// <param name="Name">What is counted.</param>
    /// <param name="Is">What was counted.</param>
    /// <param name="Wanted">What the profile says.</param>
    public sealed record Figure(string Name, double Is, double Wanted)
    {
        /// <summary>True if it is within a tenth.</summary>
        public bool IsWithin => Math.Abs(Is - Wanted) <= Wanted * Tolerance;

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name,-45} {Is,10:0.###} {Wanted,10:0.###} {(IsWithin ? "ok" : "over a tenth off")}");
    }
}
