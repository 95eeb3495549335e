using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>Evaluates selectors once per member and builds the programs of all endpoints, sharing what is equal.</summary>
internal sealed class ProgramCompiler
{
    private readonly Cluster _cluster;
    private readonly StagedMode _staged;
    private readonly Dictionary<EndpointSelector, ulong[]> _rows = [];
    private readonly Dictionary<Policy, (CompiledRule[] Ingress, CompiledRule[] Egress)> _rules = [];
    private readonly Dictionary<string, EndpointProgram> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, Direction), ProfileStep> _profiles = [];

    public ProgramCompiler(Cluster cluster, IReadOnlyList<Policy> policies, IReadOnlyList<Tier> tiers, StagedMode staged)
    {
        _cluster = cluster;
        _staged = staged;
        PoliciesByTier =
        [
            .. tiers.Select(tier => (tier, policies.Where(p => p.Tier == tier.Name).Order(Comparer<Policy>.Create(Policy.CompareInTier)).ToArray())),
        ];
    }

    private (Tier Tier, Policy[] Policies)[] PoliciesByTier { get; }

    /// <summary>Rows of members by selector, for those that rules and subjects use.</summary>
    public IReadOnlyDictionary<EndpointSelector, ulong[]> Rows => _rows;

    /// <summary>The program of an endpoint.</summary>
    public EndpointProgram Compile(Endpoint endpoint, PolicyStage stage, Direction direction)
    {
        List<TierStep> tiers = [];
        List<int> key = [(int)stage, (int)direction];
        for (int t = 0; t < PoliciesByTier.Length; t++)
        {
            List<PolicyStep> steps = [];
            for (int p = 0; p < PoliciesByTier[t].Policies.Length; p++)
            {
                Policy policy = PoliciesByTier[t].Policies[p];
                if (policy.IsIn(stage) && policy.Takes(direction) && Selects(policy.Subject, endpoint))
                {
                    key.Add(t);
                    key.Add(p);
                    steps.Add(new PolicyStep(policy, !policy.IsStaged || _staged == StagedMode.AsEnforced, RulesOf(policy, direction)));
                }
            }

            if (steps.Count > 0)
            {
                tiers.Add(new TierStep(PoliciesByTier[t].Tier, steps));
            }
        }

        string text = string.Join(' ', key) + (stage == PolicyStage.Normal ? "|" + string.Join('|', endpoint.Profiles.AsEnumerable()) : "");
        if (!_programs.TryGetValue(text, out EndpointProgram? program))
        {
            ProfileStep[] profiles = stage == PolicyStage.Normal
                ? [.. endpoint.Profiles.Select(name => ProfileOf(name, direction))]
                : [];
            _programs[text] = program = new EndpointProgram(stage, direction, [.. tiers], profiles);
        }

        return program;
    }

    private bool Selects(EndpointSelector selector, Endpoint endpoint)
    {
        ulong[] row = RowOf(selector);
        return (row[endpoint.Index >> 6] & (1UL << (endpoint.Index & 63))) != 0;
    }

    private ulong[] RowOf(EndpointSelector selector)
    {
        if (!_rows.TryGetValue(selector, out ulong[]? row))
        {
            row = new ulong[(_cluster.SelectableSlots + 63) / 64];
            foreach (Selectable member in _cluster.Selectables)
            {
                if (selector.Selects(member))
                {
                    row[member.Index >> 6] |= 1UL << (member.Index & 63);
                }
            }

            _rows[selector] = row;
        }

        return row;
    }

    private CompiledRule[] RulesOf(Policy policy, Direction direction)
    {
        if (!_rules.TryGetValue(policy, out (CompiledRule[] Ingress, CompiledRule[] Egress) rules))
        {
            _rules[policy] = rules = ([.. policy.Ingress.Select(Compile)], [.. policy.Egress.Select(Compile)]);
        }

        return direction == Direction.Ingress ? rules.Ingress : rules.Egress;
    }

    private ProfileStep ProfileOf(string name, Direction direction)
    {
        if (!_profiles.TryGetValue((name, direction), out ProfileStep? step))
        {
            Profile? profile = _cluster.FindProfile(name);
            _profiles[(name, direction)] = step =
                new ProfileStep(name, profile, [.. (profile?.Rules(direction) ?? []).Select(Compile)]);
        }

        return step;
    }

    private CompiledRule Compile(Rule rule) => new(
        rule,
        [.. rule.Alternatives.Select(a => new CompiledMatch(a, Compile(a.Source, isDestination: false), Compile(a.Destination, isDestination: true)))]);

    private IpPrefix[] AddressesOf(Labels.Selector nodes) =>
        Prefixes(_cluster.Nodes.Where(n => nodes.Matches(n.Labels)).SelectMany(n => n.PublishedAddresses));

    private IpPrefix[] AddressesOf(EquatableArray<string> domainNames) =>
        Prefixes(_cluster.DomainNames.Where(n => domainNames.Any(d => DomainPattern.Matches(d, n.Key))).SelectMany(n => n.Value));

    private static IpPrefix[] Prefixes(IEnumerable<IpAddress> addresses) => [.. addresses.Distinct().Order().Select(IpPrefix.Single)];

    private CompiledEnd Compile(EndMatch end, bool isDestination) => new()
    {
        Nets = end.Nets?.AsSpan().ToArray() ?? (end.Nodes is { } nodes ? AddressesOf(nodes) : end.DomainNames is { } names ? AddressesOf(names) : null),
        NotNets = end.NotNets?.AsSpan().ToArray(),
        Selected = end.Selector is { } selector ? RowOf(selector) : null,
        NotSelected = end.NotSelector is { } notSelector ? RowOf(notSelector) : null,
        Service = end.Service is { } service
            ? _cluster.SliceBackends.TryGetValue(service, out EquatableArray<SliceBackend> backends) ? backends.AsSpan().ToArray() : []
            : null,
        Ports = end.Ports,
        NotPorts = end.NotPorts,
        IsDestination = isDestination,
    };
}
