namespace NetPolicy.Diagnostics;

/// <content>NP4xxx: what cannot be turned into rules of the packet filter.</content>
public static partial class Findings
{
    /// <summary>NP4001.</summary>
    public static readonly DiagnosticDescriptor HttpNotEnforced = Error("NP4001", "HTTP conditions cannot be enforced by a packet filter", "take the `http` clause out of the rule, or enforce it in a proxy");

    /// <summary>NP4002.</summary>
    public static readonly DiagnosticDescriptor EndpointWithoutAddress = Warning("NP4002", "Endpoint has no address and stays closed", "nothing to do if it is still starting; render again when it has an address");

    /// <summary>NP4003.</summary>
    public static readonly DiagnosticDescriptor HostEndpointWithoutInterface = Warning("NP4003", "Host endpoint governs no interface", "give it an interfaceName of its own, or correct its expectedIPs or the node's annotation `netpol/interfaces`");

    /// <summary>NP4004.</summary>
    public static readonly DiagnosticDescriptor UntrackedOnAllInterfaces = Warning("NP4004", "Untracked policy does not reach a host endpoint of all interfaces", "declare host endpoints for single interfaces");

    /// <summary>NP4005.</summary>
    public static readonly DiagnosticDescriptor UnknownNode = Error("NP4005", "Node is unknown", "pass the name of a node that the inventory knows");

    /// <summary>NP4006.</summary>
    public static readonly DiagnosticDescriptor UnusableInterfaceName = Error("NP4006", "Interface name cannot be used in rules", "interface names have 1 to 15 characters: letters, digits and `._-@:+`");

    /// <summary>NP4007.</summary>
    public static readonly DiagnosticDescriptor InterfaceSharedByEndpoints = Error("NP4007", "Two workloads share an interface", "each workload needs an interface of its own; correct the interfaceName of one of them");

    /// <summary>NP4008.</summary>
    public static readonly DiagnosticDescriptor RenderedInOrder = Info("NP4008", "Rules are evaluated one by one", "nothing to do; rules on source ports, with action Log, or on both ends of host traffic cost a little more per new connection");

    private static DiagnosticDescriptor Info(string id, string title, string help) => Register(new(id, DiagnosticSeverity.Info, title, help));
}
