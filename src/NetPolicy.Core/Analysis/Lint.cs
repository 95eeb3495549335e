using NetPolicy.Analysis.Checks;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>Finds what is valid but probably not meant: findings NP3xxx, with a flow that shows the trap where one does.</summary>
/// <remarks>
/// Selectors that select nothing are reported only where the inventory has candidates, so that a folder of policies alone stays quiet. Staged
/// policies are checked like enforced ones.
/// </remarks>
public static class Lint
{
    /// <summary>All findings about the documents of a snapshot, in the order of their places. O(policies × endpoints).</summary>
    public static IReadOnlyList<Diagnostic> Run(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        LintContext context = new(snapshot);
        SubjectCheck.Run(context);
        PeerCheck.Run(context);
        ServicePortCheck.Run(context);
        DnsCheck.Run(context);
        ServiceCoverageCheck.Run(context);
        GlobalPolicyCheck.Run(context);
        HostEndpointCheck.Run(context);
        ClusterTrafficCheck.Run(context);
        ShadowCheck.Run(context);
        ClusterPolicyCheck.Run(context);
        PortNameCheck.Run(context);
        DirectionCheck.Run(context);
        BlockCheck.Run(context);
        return context.Findings();
    }
}
