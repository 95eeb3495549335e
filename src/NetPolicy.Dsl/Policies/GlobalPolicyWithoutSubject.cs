namespace NetPolicy.Dsl;

/// <summary>A Calico GlobalNetworkPolicy that does not say its subject yet: say <c>.For(…)</c> pods, host endpoints, or both alike.</summary>
public sealed class GlobalPolicyWithoutSubject
{
    private readonly NameLink _name;

    internal GlobalPolicyWithoutSubject(NameLink name) => _name = name;

    /// <summary>The policy is about these pods, and never about host endpoints.</summary>
    public GlobalPolicyWithoutRules For(PodPeer pods)
    {
        ArgumentNullException.ThrowIfNull(pods);
        return new(new GlobalSubjectLink(_name, pods));
    }

    /// <summary>The policy is about these host endpoints, and never about pods unless a stage makes it so.</summary>
    public HostPolicyWithoutRules For(HostEndpointGroup hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        return new(new GlobalSubjectLink(_name, hosts));
    }

    /// <summary>The policy is about these pods and host endpoints alike.</summary>
    public HostPolicyWithoutRules For(EndpointGroup endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return new(new GlobalSubjectLink(_name, endpoints));
    }
}
