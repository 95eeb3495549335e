using NetPolicy.Manifests;

namespace NetPolicy.Policies;

/// <summary>A policy with every default decided: the common form of all dialects (Calico's model: tier, order, ordered rules, four actions, stages).</summary>
public sealed class Policy
{
    internal Policy(Manifest source) => Source = source;

    /// <summary>The document.</summary>
    public Manifest Source { get; }

    /// <summary>Identity of the document.</summary>
    public ObjectId Id => Source.Id;

    /// <summary>Name of its tier.</summary>
    public required string Tier { get; init; }

    /// <summary>Place in the tier: lower first, null last.</summary>
    public required double? Order { get; init; }

    /// <summary>True for kinds that are reported but not enforced.</summary>
    public required bool IsStaged { get; init; }

    /// <summary>
    /// True for Kubernetes NetworkPolicy: traffic between a pod and its own node is not its business
    /// (Kubernetes specification §5.7).
    /// </summary>
    public required bool IsKubernetes { get; init; }

    /// <summary>
    /// True for ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy: they are asked also when a Service leads a pod back to itself
    /// (cluster policy specification §1.2).
    /// </summary>
    public bool IsCluster { get; init; }

    /// <summary>Which endpoints it applies to.</summary>
    public required EndpointSelector Subject { get; init; }

    /// <summary>True if it takes over ingress of its subjects, with or without rules.</summary>
    public required bool TakesIngress { get; init; }

    /// <summary>True if it takes over egress of its subjects, with or without rules.</summary>
    public required bool TakesEgress { get; init; }

    /// <summary>True if host endpoints ask it before connection tracking.</summary>
    public bool IsUntracked { get; init; }

    /// <summary>True if host endpoints ask it before destination translation. Untracked wins over this.</summary>
    public bool IsPreDnat { get; init; }

    /// <summary>True if host endpoints ask it for routed traffic too.</summary>
    public bool AppliesOnForward { get; init; }

    /// <summary>Rules in order, for arriving flows.</summary>
    public IReadOnlyList<Rule> Ingress { get; internal set; } = [];

    /// <summary>Rules in order, for leaving flows.</summary>
    public IReadOnlyList<Rule> Egress { get; internal set; } = [];

    /// <summary>The kind in the ordering key (Calico specification §5.2), which is not always the document's kind.</summary>
    internal string OrderingKind { get; init; } = "";

    /// <summary>True if it takes over <paramref name="direction"/>.</summary>
    public bool Takes(Direction direction) => direction == Direction.Ingress ? TakesIngress : TakesEgress;

    /// <summary>Rules of <paramref name="direction"/>.</summary>
    public IReadOnlyList<Rule> Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    /// <summary>True if it is in the list of <paramref name="stage"/> (Calico specification §5.3).</summary>
    public bool IsIn(PolicyStage stage) => stage switch
    {
        PolicyStage.Untracked => IsUntracked,
        PolicyStage.PreDnat => IsPreDnat && !IsUntracked,
        PolicyStage.Forward => AppliesOnForward && !IsPreDnat && !IsUntracked,
        PolicyStage.Normal => !IsPreDnat && !IsUntracked,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    /// <inheritdoc/>
    public override string ToString() => Id.ToString();

    /// <summary>Order within a tier (Calico specification §5.2): by order, then byte-wise by <c>name/namespace/kind</c>.</summary>
    internal static int CompareInTier(Policy left, Policy right)
    {
        int order = (left.Order ?? double.PositiveInfinity).CompareTo(right.Order ?? double.PositiveInfinity);
        return order != 0 ? order : string.CompareOrdinal(left.TieBreak, right.TieBreak);
    }

    /// <summary>Ordinal order of identity, which tells any two policies apart.</summary>
    internal static int CompareById(Policy left, Policy right)
    {
        int order = string.CompareOrdinal(left.Id.ToString(), right.Id.ToString());
        return order != 0 ? order : string.CompareOrdinal(left.Id.Group, right.Id.Group);
    }

    private string TieBreak => field ??= $"{Id.Name}/{Id.Namespace}/{OrderingKind}";
}
