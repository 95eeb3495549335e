using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>The pods of a namespace by each of their labels, for a batch that looks for many of them.</summary>
internal sealed class PodsByLabel
{
    private readonly Dictionary<(string, string), List<int>> _pods = [];

    public PodsByLabel(PersistentList<Selectable?>.Builder members, ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots)
        {
            if (members[slot] is not Endpoint { IsPod: true } pod)
            {
                continue;
            }

            foreach ((string key, string value) in pod.Labels.Entries)
            {
                if (!_pods.TryGetValue((key, value), out List<int>? known))
                {
                    _pods[(key, value)] = known = [];
                }

                known.Add(slot);
            }
        }
    }

    /// <summary>Pods that carry the rarest pair of <paramref name="selector"/>, which has one at least.</summary>
    public ReadOnlySpan<int> Carrying(EquatableMap<string> selector)
    {
        List<int>? rarest = null;
        foreach ((string key, string value) in selector)
        {
            if (!_pods.TryGetValue((key, value), out List<int>? pods))
            {
                return [];
            }

            rarest = rarest is null || pods.Count < rarest.Count ? pods : rarest;
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rarest);
    }
}
