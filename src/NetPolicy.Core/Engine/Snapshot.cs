using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>
/// The world at one instant: inventory and policies, compiled, ready to answer. Immutable and safe to read from any thread.
/// </summary>
/// <remarks>Snapshots of one engine share what did not change; one that nobody refers to is freed, with what only it has.</remarks>
public sealed partial class Snapshot
{
    private readonly CompiledWorld _world;
    private readonly MemberIndex _members;
    private readonly ServiceIndex _services;
    private readonly RuleMatcher _matcher;
    private IReadOnlyList<Policy>? _policies;

    internal Snapshot(Cluster cluster, CompiledWorld world, EngineOptions options, long revision, EquatableArray<SetAside> setAside = default)
    {
        SetAside = setAside;
        Options = options;
        Revision = revision;
        Cluster = cluster;
        _world = world;
        _members = cluster.Members;
        _services = cluster.Fronts;
        _matcher = new RuleMatcher(this);
    }

    /// <summary>The choices it was compiled with.</summary>
    public EngineOptions Options { get; }

    /// <summary>Grows by one with each change of the engine it comes from.</summary>
    public long Revision { get; }

    /// <summary>The documents it was compiled from, in ordinal order of their identity. O(n log n) for the first who asks.</summary>
    public IReadOnlyCollection<Manifest> Manifests => Cluster.Manifests;

    /// <summary>Documents that are not judged as they were written; empty unless the mode for policies with errors lets others through.</summary>
    public EquatableArray<SetAside> SetAside { get; }

    /// <summary>Endpoints, sets, nodes, Services.</summary>
    public Cluster Cluster { get; }

    /// <summary>Normalised policies in ordinal order of their identity. O(n log n) for the first who asks.</summary>
    public IReadOnlyList<Policy> Policies => _policies ?? Interlocked.CompareExchange(ref _policies, OrderedPolicies(), null) ?? _policies;

    /// <summary>Tiers in the order in which they are asked.</summary>
    public IReadOnlyList<Tier> Tiers => _world.Tiers;

    internal MemberIndex Members => _members;

    internal CompiledWorld World => _world;

    internal HostInterfaces InterfacesOf(Node node) => Cluster.InterfacesOf(node.Index);

    /// <summary>A snapshot of just these documents; of two for one object the last is kept.</summary>
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

    /// <summary>What is asked for an endpoint in a stage and direction. O(1) once it was asked for.</summary>
    public EndpointProgram ProgramOf(Endpoint endpoint, PolicyStage stage, Direction direction)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return ProgramOf(endpoint.Index, stage, direction);
    }

    internal EndpointProgram ProgramOf(int endpoint, PolicyStage stage, Direction direction) => ClassOf(endpoint).Programs!.Of(stage, direction);

    /// <summary>The classes that a selector selects, by its number.</summary>
    internal ClassSet ClassesOf(int selector) => _world.Sets[selector];

    /// <summary>The number of the class of an endpoint or network set.</summary>
    internal int ClassIdOf(int member) => _world.Seats[member].Class;

    /// <summary>The class of an endpoint or network set.</summary>
    internal EndpointClass ClassOf(int member) => _world.Classes[_world.Seats[member].Class]!;

    /// <summary>True if a selector selects an endpoint or network set.</summary>
    internal bool Selects(CompiledSelector selector, int member) => _world.Sets[selector.Id].Contains(_world.Seats[member].Class);

    /// <summary>The same documents judged by other choices. What has a place in this cluster has it in that.</summary>
    internal Snapshot With(EngineOptions options)
    {
        DocumentChange[] documents = [.. Cluster.Documents.Items().Select(d => new DocumentChange(d.Key, null, d.Value))];
        return new Snapshot(Cluster, new Compilation(options.Staged).Apply(Cluster, ClusterDelta.Whole(Cluster), documents), options, revision: 0, SetAside);
    }

    private static Snapshot Of(IEnumerable<Manifest> manifests, EngineOptions? options, EquatableArray<SetAside> setAside)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        Dictionary<ObjectId, Manifest> latest = [];
        foreach (Manifest manifest in manifests)
        {
            latest[manifest.Id] = manifest;
        }

        DocumentChange[] changes = [.. latest.Select(d => new DocumentChange(d.Key, null, d.Value))];
        options ??= EngineOptions.Default;
        ClusterStore store = new();
        ClusterDelta delta = store.Apply(changes);
        return new Snapshot(store.Current, new Compilation(options.Staged).Apply(store.Current, delta, changes), options, revision: 0, setAside);
    }

    private Policy[] OrderedPolicies()
    {
        Policy[] policies = [.. _world.Policies.Items().Select(p => p.Value)];
        Array.Sort(policies, Policy.CompareById);
        return policies;
    }
}
