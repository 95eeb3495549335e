namespace NetPolicy.Policies;

/// <summary>Which list of an endpoint a policy joins (Calico specification §5.3 and §7.1).</summary>
public enum PolicyStage : byte
{
    /// <summary>Traffic from and to workloads and local processes.</summary>
    Normal = 0,

    /// <summary>Host endpoints: traffic routed through the node.</summary>
    Forward,

    /// <summary>Host endpoints: arriving traffic before destination translation.</summary>
    PreDnat,

    /// <summary>Host endpoints: before connection tracking.</summary>
    Untracked,
}
