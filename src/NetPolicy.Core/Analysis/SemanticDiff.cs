using NetPolicy.Addresses;
using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>What two worlds answer differently, whatever their documents look like.</summary>
/// <remarks>
/// Ends that exist in one world only are listed with what they may do there; an address that some end has in either world is no outside address.
/// A Service's address is an outside address like its neighbours: a change behind it is listed for the pods that it leads to. Else everything said of
/// <see cref="Connectivity"/> holds here too.
/// </remarks>
public sealed class SemanticDiff
{
    private SemanticDiff(IReadOnlyList<ConnectivityGroup> groups, IReadOnlyList<ConnectionChange> changes)
    {
        Groups = groups;
        Changes = changes;
    }

    /// <summary>Groups on which both worlds agree, in the order of <see cref="Connectivity.Groups"/>.</summary>
    public IReadOnlyList<ConnectivityGroup> Groups { get; }

    /// <summary>Pairs that differ in the order of their groups, each once.</summary>
    public IReadOnlyList<ConnectionChange> Changes { get; }

    /// <summary>Compares two worlds. O(classes² × ports that rules name), where classes are those that either world tells apart.</summary>
    public static SemanticDiff Between(Snapshot old, Snapshot @new, DiffOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        TrafficDetail detail = options is { Ends: true } ? TrafficDetail.Ends : TrafficDetail.Verdict;
        Universe universe = Universe.Of([old, @new], ServiceView.Address, detail, static _ => "");
        World[] worlds = universe.Worlds;
        ConnectivityGroup[] groups = Connectivity.Name(universe.Groups);
        List<ConnectionChange> changes = [];
        for (int f = 0; f < groups.Length; f++)
        {
            for (int t = 0; t < groups.Length; t++)
            {
                EndGroup from = universe.Groups[f], to = universe.Groups[t];
                if (universe.IsUnchanged(from, to))
                {
                    continue;
                }

                TrafficTable before = universe.Table(from, to, 0)!, after = universe.Table(from, to, 1)!;
                bool verdicts = before.Allowed != after.Allowed || before.Families != after.Families;
                bool ends = detail == TrafficDetail.Ends && !before.IsAbsent && !after.IsAbsent;
                if (verdicts || (ends && before.Key != after.Key))
                {
                    WitnessSearch search = new(worlds, groups[f], groups[t], before, after, universe.Families(from, to, 0), universe.Families(from, to, 1));
                    changes.Add(search.ToChange(verdicts ? TrafficDetail.Verdict : TrafficDetail.Ends) with
                    {
                        Ends = ends ? EndChanges.Between(before, after) : default,
                    });
                }
            }
        }

        return new SemanticDiff(groups, changes);
    }
}
