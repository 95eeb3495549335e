using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>
/// One world twice: as it is, and as it would be if its staged policies were enforced in their places in the order (Calico specification §5.5).
/// </summary>
/// <remarks>A staged deletion is no part of either (§1.4). Immutable; may be used from several threads at once.</remarks>
public sealed class PendingWorld
{
    private PendingWorld(Snapshot current, Snapshot pending)
    {
        Current = current;
        Pending = pending;
        Staged = [.. current.Policies.Where(policy => policy.IsStaged)];
        Deletions =
        [
            .. current.Manifests
                .Where(m => m is CalicoPolicyManifest { IsStaged: true, Spec.StagedAction: "Delete" } or StagedKubernetesNetworkPolicyManifest { StagedAction: "Delete" })
                .OrderBy(m => m.Id.ToString(), StringComparer.Ordinal),
        ];
    }

    /// <summary>The world in which staged policies are ignored.</summary>
    public Snapshot Current { get; }

    /// <summary>The world in which they are enforced.</summary>
    public Snapshot Pending { get; }

    /// <summary>The staged policies, in ordinal order of their identity; if there are none, both worlds are the same.</summary>
    public IReadOnlyList<Policy> Staged { get; }

    /// <summary>Staged deletions, in ordinal order of their identity: nothing is judged by them.</summary>
    public IReadOnlyList<Manifest> Deletions { get; }

    /// <summary>Both views of the documents of <paramref name="snapshot"/>, with its other choices. Compiles the view that the snapshot is not.</summary>
    public static PendingWorld Of(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        bool hasStaged = snapshot.Policies.Any(policy => policy.IsStaged);
        return new PendingWorld(As(StagedMode.Ignored), As(StagedMode.AsEnforced));

        Snapshot As(StagedMode mode) => !hasStaged || snapshot.Options.Staged == mode
            ? snapshot
            : snapshot.With(snapshot.Options with { Staged = mode });
    }

    /// <summary>Judges a flow in both worlds. Allocates nothing.</summary>
    /// <param name="flow">A flow that either snapshot has resolved; ends have the same place in both.</param>
    /// <exception cref="ArgumentException">An end's index is outside the cluster.</exception>
    public PendingAnswer Evaluate(in Flow flow) => new(Current.Evaluate(flow), Pending.Evaluate(flow));

    /// <summary>What enforcing the staged policies would open and close, each change with a witness; see <see cref="SemanticDiff.Between"/>.</summary>
    public SemanticDiff Difference(DiffOptions? options = null) => SemanticDiff.Between(Current, Pending, options);
}
