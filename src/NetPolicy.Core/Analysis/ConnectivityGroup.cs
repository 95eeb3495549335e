using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Analysis;

/// <summary>Ends that behave the same, as source and as destination, towards everything.</summary>
/// <param name="Id"><c>g1</c>, <c>g2</c>, … for endpoints and nodes, <c>x1</c>, <c>x2</c>, … for outside addresses; valid in its matrix only.</param>
/// <param name="Members">Names of workloads and nodes (<c>ns/pod</c>, <c>deployment:ns/name</c>, <c>host:NODE</c>) in ordinal order; empty for outside addresses.</param>
/// <param name="Addresses">Outside addresses in ascending order; empty for endpoints and nodes.</param>
public sealed record ConnectivityGroup(string Id, EquatableArray<string> Members, EquatableArray<IpRange> Addresses)
{
    /// <summary>True if the group stands for outside addresses.</summary>
    public bool IsOutside => Members.IsEmpty;

    /// <summary><c>ns/pod</c>, or <c>ns/pod and 2 more</c>.</summary>
    public override string ToString()
    {
        string first = IsOutside ? Addresses[0].ToString() : Members[0];
        int more = (IsOutside ? Addresses.Count : Members.Count) - 1;
        return more == 0 ? first : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{first} and {more} more");
    }
}
