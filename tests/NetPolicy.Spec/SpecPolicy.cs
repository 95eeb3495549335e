namespace NetPolicy.Spec;

internal enum SpecDirection
{
    Ingress,
    Egress,
}

/// <summary>Calico 1.5, <c>action</c>.</summary>
internal enum SpecAction
{
    Allow,
    Deny,
    Pass,
    Log,
}

/// <summary>Calico 5.3: the lists a policy may be in.</summary>
internal enum SpecList
{
    Untracked,
    PreDnat,
    Forward,
    Normal,
}

/// <summary>What tiers see of a policy of either dialect (Calico 5).</summary>
internal abstract class SpecPolicy
{
    /// <summary>As written.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind in the sort key of Calico 5.2.</summary>
    public required string SortKind { get; init; }

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    public string Tier { get; init; } = "default";

    /// <summary>Absent is last.</summary>
    public double Order { get; init; } = double.PositiveInfinity;

    public bool IsStaged { get; init; }

    public required IReadOnlyList<SpecDirection> Types { get; init; }

    public bool TypesAreDefaulted { get; init; }

    public string SortKey => Name + "/" + Namespace + "/" + SortKind;

    public virtual bool IsKubernetes => false;

    /// <summary>An AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy.</summary>
    public virtual bool IsCluster => false;

    /// <summary>Calico 5.3.</summary>
    public virtual bool IsIn(SpecList list) => list == SpecList.Normal;

    public abstract bool AppliesTo(SpecSubject subject);

    /// <summary>The action and index of the first matching rule that is not Log; null if none matches.</summary>
    public abstract (SpecAction Action, int Index)? FirstMatch(SpecDirection direction, SpecPacket packet, SpecTrace trace);

    public SpecRule Rule(SpecDirection direction, int index) => new(Kind, Namespace, Name, SpecRule.Word(direction), index);
}

/// <summary>The branches of the specification that took part in one answer.</summary>
internal sealed class SpecTrace
{
    private readonly List<string> names = [];

    public IReadOnlyList<string> Names => names;

    public void Add(string name)
    {
        if (!names.Contains(name))
        {
            names.Add(name);
        }
    }

    public void Add(IEnumerable<string> more)
    {
        foreach (string name in more)
        {
            Add(name);
        }
    }
}
