using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>What differs between two worlds for each member of one group towards each member of another.</summary>
/// <param name="From">The sources.</param>
/// <param name="To">The destinations; the same group as <paramref name="From"/> for two different members of it.</param>
/// <param name="Old">What passed.</param>
/// <param name="New">What passes.</param>
/// <param name="Witness">One flow that shows the difference, evaluated in both worlds.</param>
public sealed record ConnectionChange(ConnectivityGroup From, ConnectivityGroup To, AllowedTraffic Old, AllowedTraffic New, FlowRequest Witness)
{
    /// <summary>What passed in each IP version, if they differed; else null.</summary>
    public FamilyTraffic? OldFamilies { get; init; }

    /// <summary>What passes in each IP version, if they differ; else null.</summary>
    public FamilyTraffic? NewFamilies { get; init; }

    /// <summary>The witness's answer in the old world; null if an end did not exist.</summary>
    public Evaluation? OldAnswer { get; init; }

    /// <summary>The witness's answer in the new world; null if an end does not exist.</summary>
    public Evaluation? NewAnswer { get; init; }

    /// <summary>Ends that decide otherwise; empty unless asked for.</summary>
    public EquatableArray<EndChange> Ends { get; init; }

    /// <summary>True if some flow passes in one world only; false if only decisions of ends differ.</summary>
    public bool ChangesVerdict => Old != New || OldFamilies != NewFamilies;
}

/// <summary>Traffic for which one end decides otherwise than before.</summary>
/// <param name="End">Egress is the source's end, ingress the destination's.</param>
/// <param name="Old">What it said.</param>
/// <param name="New">What it says.</param>
/// <param name="Traffic">Of which traffic, in at least one IP version.</param>
public sealed record EndChange(Direction End, EndVerdict Old, EndVerdict New, AllowedTraffic Traffic);
