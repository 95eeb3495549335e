namespace NetPolicy.Enforce;

/// <summary>What rules of a hook have to do with a packet.</summary>
internal sealed class HookAnswer
{
    /// <summary>False if it is dropped.</summary>
    public bool IsAccepted { get; set; } = true;

    /// <summary>The chains of classes that it meets, in order, without versions; a denial ends them.</summary>
    public List<string> Chains { get; } = [];

    /// <summary>Its mark afterwards, if it is accepted.</summary>
    public uint Mark { get; set; }

    /// <summary>Its priority afterwards, if it is accepted; null where nobody minds.</summary>
    public uint? Priority { get; set; }

    /// <summary>Its connection's mark afterwards, if it has one.</summary>
    public uint ConnectionMark { get; set; }

    /// <summary>True if it is not tracked from here on.</summary>
    public bool IsUntracked { get; set; }

    /// <summary>True if the node's own choice decides what workloads may send to it.</summary>
    public bool IsNodesChoice { get; set; }

    /// <summary>Who has decided last; null if nobody.</summary>
    public string? Judge { get; set; }
}
