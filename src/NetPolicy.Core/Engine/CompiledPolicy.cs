using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>A policy with its selectors taken into the index. Immutable.</summary>
internal sealed class CompiledPolicy(Policy policy, long number, CompiledSelector subject, CompiledRule[] ingress, CompiledRule[] egress, RuleNeeds needs)
{
    public readonly Policy Policy = policy;

    /// <summary>Never taken again.</summary>
    public readonly long Number = number;

    public readonly CompiledSelector Subject = subject;
    public readonly CompiledRule[] Ingress = ingress;
    public readonly CompiledRule[] Egress = egress;

    /// <summary>What of the cluster its rules were compiled with.</summary>
    public readonly RuleNeeds Needs = needs;

    public CompiledRule[] Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;
}

/// <summary>What rules depend on besides labels.</summary>
internal sealed class RuleNeeds
{
    private static readonly HashSet<ServiceName> s_none = [];

    private List<CompiledSelector>? _open;
    private CompiledSelector[] _selectors = [];
    private HashSet<ServiceName>? _services;

    /// <summary>Selectors in the rules, one entry for each use.</summary>
    public IReadOnlyList<CompiledSelector> Selectors => _selectors;

    /// <summary>Services whose backends rules name.</summary>
    public IReadOnlySet<ServiceName> Services => _services ?? s_none;

    /// <summary>True if a rule selects nodes.</summary>
    public bool Nodes { get; set; }

    /// <summary>True if a rule names domains.</summary>
    public bool DomainNames { get; set; }

    /// <summary>True if rules depend on anything but labels.</summary>
    public bool IsAny => Nodes || DomainNames || _services is not null;

    /// <summary>Notes a use of a selector.</summary>
    public void Add(CompiledSelector selector) => (_open ??= []).Add(selector);

    /// <summary>All is noted: there are as many of these as policies, so they keep no room for more.</summary>
    public RuleNeeds Close()
    {
        (_selectors, _open) = ([.. _open ?? []], null);
        return this;
    }

    /// <summary>Notes a Service.</summary>
    public void Add(ServiceName service) => (_services ??= []).Add(service);
}
