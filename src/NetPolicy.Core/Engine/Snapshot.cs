using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Engine;

/// <summary>
/// The world at one instant: inventory and policies, compiled, ready to answer. Immutable and safe to read from any thread.
/// </summary>
public sealed partial class Snapshot
{
    private static readonly int Slots = Enum.GetValues<PolicyStage>().Length * 2;

    private readonly Selectable[] _selectables;
    private readonly EndpointProgram[] _programs;
    private readonly HostInterfaces[] _hosts;
    private readonly MemberIndex _members;
    private readonly ServiceIndex _services;
    private readonly RuleMatcher _matcher;
    private readonly int[][] _self;

    internal Snapshot(IEnumerable<Manifest> manifests, EngineOptions options, long revision, EquatableArray<SetAside> setAside = default)
    {
        SetAside = setAside;
        Manifest[] all = [.. manifests];
        Options = options;
        Revision = revision;
        Manifests = all;
        Cluster = Cluster.Of(all);
        Policies =
        [
            .. all.Select(Normalizer.Normalize).OfType<Policy>().OrderBy(p => p.Id.ToString(), StringComparer.Ordinal)
                .ThenBy(p => p.Id.Group, StringComparer.Ordinal),
        ];
        Tiers = CollectTiers(all, Policies);
        ProgramCompiler compiler = new(Cluster, Policies, Tiers, options.Staged);
        _selectables = [.. Cluster.SelectableList.Items()!];
        _matcher = new RuleMatcher(_selectables);
        _members = Cluster.Members;
        _services = Cluster.Fronts;
        _hosts = [.. Cluster.NodeList.Items().Select(n => n?.Governors!)];
        _self = [.. Enumerable.Range(0, _selectables.Length).Select(i => new[] { i })];
        _nodeOfEndpoint = [.. _selectables.Select(s => s is Endpoint { Node: { } node } ? Cluster.FindNode(node)!.Index : -1)];
        _programs = new EndpointProgram[_selectables.Length * Slots];
        foreach (Endpoint endpoint in Cluster.Endpoints)
        {
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                _programs[Slot(endpoint.Index, stage, Direction.Ingress)] = compiler.Compile(endpoint, stage, Direction.Ingress);
                _programs[Slot(endpoint.Index, stage, Direction.Egress)] = compiler.Compile(endpoint, stage, Direction.Egress);
            }
        }
    }

    /// <summary>The choices it was compiled with.</summary>
    public EngineOptions Options { get; }

    /// <summary>Grows by one with each change of the engine it comes from.</summary>
    public long Revision { get; }

    /// <summary>The documents it was compiled from.</summary>
    public IReadOnlyCollection<Manifest> Manifests { get; }

    /// <summary>Documents that are not judged as they were written; empty unless the mode for policies with errors lets others through.</summary>
    public EquatableArray<SetAside> SetAside { get; }

    /// <summary>Endpoints, sets, nodes, Services.</summary>
    public Cluster Cluster { get; }

    /// <summary>Normalised policies in ordinal order of their identity.</summary>
    public IReadOnlyList<Policy> Policies { get; }

    /// <summary>Tiers in the order in which they are asked.</summary>
    public IReadOnlyList<Tier> Tiers { get; }

    internal MemberIndex Members => _members;

    internal HostInterfaces InterfacesOf(Node node) => _hosts[node.Index];

    /// <summary>A snapshot of just these documents.</summary>
    public static Snapshot Of(IEnumerable<Manifest> manifests, EngineOptions? options = null) => Of(manifests, options, setAside: default);

    /// <summary>A snapshot of what was admitted.</summary>
    /// <exception cref="ArgumentException">It was rejected.</exception>
    public static Snapshot Of(Admission admission, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(admission);
        return admission.IsRejected
            ? throw new ArgumentException("rejected documents cannot be judged", nameof(admission))
            : Of(admission.Documents, options, admission.SetAside);
    }

    /// <summary>What is asked for an endpoint in a stage and direction. O(1).</summary>
    public EndpointProgram ProgramOf(Endpoint endpoint, PolicyStage stage, Direction direction)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return _programs[Slot(endpoint.Index, stage, direction)];
    }

    private static Snapshot Of(IEnumerable<Manifest> manifests, EngineOptions? options, EquatableArray<SetAside> setAside)
    {
        Dictionary<ObjectId, Manifest> latest = [];
        foreach (Manifest manifest in manifests)
        {
            latest[manifest.Id] = manifest;
        }

        return new Snapshot(latest.Values, options ?? EngineOptions.Default, revision: 0, setAside);
    }

    private static int Slot(int endpoint, PolicyStage stage, Direction direction) => (endpoint * Slots) + ((int)stage * 2) + (int)direction;

    // §5.1: a tier that only policies name sorts after all declared ones.
    private static Tier[] CollectTiers(Manifest[] manifests, IReadOnlyList<Policy> policies)
    {
        Dictionary<string, Tier> tiers = new(StringComparer.Ordinal)
        {
            [Tier.KubeAdmin.Name] = Tier.KubeAdmin,
            [Tier.Default.Name] = Tier.Default,
            [Tier.KubeBaseline.Name] = Tier.KubeBaseline,
        };
        foreach (TierManifest manifest in manifests.OfType<TierManifest>())
        {
            Tier tier = Normalizer.Normalize(manifest);
            tiers[tier.Name] = tier;
        }

        foreach (Policy policy in policies)
        {
            tiers.TryAdd(policy.Tier, new Tier(policy.Tier, null, PassesByDefault: false, IsDeclared: false));
        }

        return [.. tiers.Values.Order()];
    }
}
