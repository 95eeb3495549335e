using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Ports of TCP, UDP and SCTP, by number, range or name: traffic that every dialect can name.</summary>
/// <remarks>Ports are those of the pod that receives, never of a Service in front of it.</remarks>
public class Ports : Traffic
{
    internal Ports(EquatableArray<TrafficTerm> terms, EquatableArray<Diagnostic> faults = default)
        : base(terms, faults)
    {
    }

    /// <summary>Either ports.</summary>
    public static Ports operator |(Ports left, Ports right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Ports(Union(left, right), left.Faults.AddRange(right.Faults));
    }
}
