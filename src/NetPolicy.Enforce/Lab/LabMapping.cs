using NetPolicy.Engine;

namespace NetPolicy.Enforce.Lab;

/// <summary>A flow as packets of a lab: one path for each backend it may end at.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Paths">Its paths in the engine's order, at least one. The flow passes if all are open.</param>
public sealed record LabMapping(Flow Flow, IReadOnlyList<LabPath> Paths)
{
    /// <summary>The packets to send, in order.</summary>
    public IEnumerable<LabProbe> Probes => Paths.SelectMany(path => path.Legs).Select(leg => leg.Probe);

    /// <summary>How many packets that are.</summary>
    public int ProbeCount => Paths.Sum(path => path.Legs.Count);

    /// <summary>What the results of <see cref="Probes"/>, in their order, mean for the flow.</summary>
    /// <remarks>Backends take connections in turn, so a path's last packet may come out at the target of another path's; together they must reach all.</remarks>
    /// <exception cref="ArgumentException">There are not as many results as packets.</exception>
    public LabFinding Judge(IReadOnlyList<LabResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count != ProbeCount)
        {
            throw new ArgumentException($"{ProbeCount} results expected, not {results.Count}", nameof(results));
        }

        List<LabPlace> ends = [.. Paths.Select(path => path.Legs[^1].Target)];
        bool open = true;
        int at = 0;
        foreach (LabPath path in Paths)
        {
            for (int leg = 0; leg < path.Legs.Count; leg++)
            {
                LabResult result = results[at++];
                LabPlace target = path.Legs[leg].Target;
                if (!result.Passed)
                {
                    open = false;
                }
                else if (leg + 1 < path.Legs.Count ? !LabLeg.IsAt(target, result.Place) : !TryTake(ends, result.Place))
                {
                    return new LabFinding(Verdict.Undecided, $"came out at {Describe(result.Place)}, {Describe(target)} expected");
                }
            }
        }

        return new LabFinding(open ? Verdict.Allow : Verdict.Deny, null);
    }

    private static bool TryTake(List<LabPlace> ends, LabPlace place)
    {
        int at = ends.FindIndex(end => LabLeg.IsAt(end, place));
        if (at >= 0)
        {
            ends.RemoveAt(at);
        }

        return at >= 0;
    }

    private static string Describe(LabPlace place) => place.Kind switch
    {
        LabPlaceKind.None => "nowhere",
        LabPlaceKind.Host => $"host:{place.Name}",
        LabPlaceKind.Pod or LabPlaceKind.Outside => $"{place.Name} ({place.Address}{(place.Port is { } port ? FormattableString.Invariant($" port {port}") : "")})",
        _ => throw new ArgumentOutOfRangeException(nameof(place)),
    };
}
