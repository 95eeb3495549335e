namespace NetPolicy.Policies;

/// <summary>An ordered group of policies (Calico specification §1.7, §5.1).</summary>
/// <param name="Name">Name.</param>
/// <param name="Order">Lower is asked first; null is last. Ties go by name.</param>
/// <param name="PassesByDefault">True if a flow that no rule of the tier decides goes on to the next tier instead of being denied.</param>
/// <param name="IsDeclared">False for a tier known only from its policies: it sorts after all declared ones.</param>
public sealed record Tier(string Name, double? Order, bool PassesByDefault, bool IsDeclared) : IComparable<Tier>
{
    /// <summary>The tier of Kubernetes NetworkPolicies and of Calico policies that name none.</summary>
    public static Tier Default { get; } = new("default", 1_000_000, PassesByDefault: false, IsDeclared: true);

    /// <summary>The tier of administrators' cluster policies.</summary>
    public static Tier KubeAdmin { get; } = new("kube-admin", 1_000, PassesByDefault: true, IsDeclared: true);

    /// <summary>The tier of baseline cluster policies.</summary>
    public static Tier KubeBaseline { get; } = new("kube-baseline", 10_000_000, PassesByDefault: true, IsDeclared: true);

    /// <summary>Tiers in the order in which they are asked.</summary>
    public int CompareTo(Tier? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = other.IsDeclared.CompareTo(IsDeclared);
        if (order == 0)
        {
            order = (Order ?? double.PositiveInfinity).CompareTo(other.Order ?? double.PositiveInfinity);
        }

        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator <(Tier left, Tier right) => left.CompareTo(right) < 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator >(Tier left, Tier right) => left.CompareTo(right) > 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Tier left, Tier right) => left.CompareTo(right) <= 0;

    /// <summary>See <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Tier left, Tier right) => left.CompareTo(right) >= 0;
}
