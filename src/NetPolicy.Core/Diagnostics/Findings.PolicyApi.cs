namespace NetPolicy.Diagnostics;

/// <content>NP24xx: what the schema of <c>policy.networking.k8s.io</c> refuses (cluster policy specification §6), and what it lets pass although it has no meaning.</content>
public static partial class Findings
{
    /// <summary>NP2401.</summary>
    public static readonly DiagnosticDescriptor ClusterFieldRequired = Error("NP2401", "Cluster policy without a field it needs", Server + "write the field");

    /// <summary>NP2402.</summary>
    public static readonly DiagnosticDescriptor InvalidClusterTier = Error("NP2402", "Unknown tier of a cluster policy", Server + "case matters: `Admin` comes before NetworkPolicy, `Baseline` after it");

    /// <summary>NP2403.</summary>
    public static readonly DiagnosticDescriptor InvalidClusterAction = Error("NP2403", "Unknown action of a cluster policy", Server + "v1alpha1 says `Allow` where v1alpha2 says `Accept`");

    /// <summary>NP2404.</summary>
    public static readonly DiagnosticDescriptor PriorityOutOfRange = Error("NP2404", "Priority out of range", Server + "the lower number is asked first");

    /// <summary>NP2405.</summary>
    public static readonly DiagnosticDescriptor EntryWithoutField = Error("NP2405", "Entry in which nothing is set", Server + "set exactly one of the fields named");

    /// <summary>NP2406.</summary>
    public static readonly DiagnosticDescriptor EntryOfTwoSorts = Error("NP2406", "Entry in which two fields are set", Server + "write two entries, each with a `-`");

    /// <summary>NP2407.</summary>
    public static readonly DiagnosticDescriptor ClusterListEmpty = Error("NP2407", "List that may not be empty", Server + "fill the list; ports and protocols are left out to mean all, a rule without peers is left out altogether");

    /// <summary>NP2408.</summary>
    public static readonly DiagnosticDescriptor ClusterListTooLong = Error("NP2408", "List of a cluster policy too long", Server + "split rules over policies of adjacent priorities, peers and ports over rules");

    /// <summary>NP2409.</summary>
    public static readonly DiagnosticDescriptor ClusterTextTooLong = Error("NP2409", "Text of a cluster policy too long", Server + "shorten it");

    /// <summary>NP2410.</summary>
    public static readonly DiagnosticDescriptor InvalidClusterNetwork = Error("NP2410", "Invalid network of a cluster policy", Server + "write for example 10.0.0.0/8 or fd00::/8");

    /// <summary>NP2411.</summary>
    public static readonly DiagnosticDescriptor ClusterPortOutOfRange = Error("NP2411", "Port of a cluster policy out of range", Server + "leave out the list to mean every port");

    /// <summary>NP2412.</summary>
    public static readonly DiagnosticDescriptor ClusterRangeOrder = Error("NP2412", "Port range that does not ascend", Server + "swap the ends; one port is written as `number`");

    /// <summary>NP2413.</summary>
    public static readonly DiagnosticDescriptor NamedPortWithAddresses = Error("NP2413", "Named port beside peers that are addresses", Server + "write the port's number, or a rule of its own for the pods");

    /// <summary>NP2414.</summary>
    public static readonly DiagnosticDescriptor BaselineName = Error("NP2414", "Baseline policy of another name", Server + "there is one BaselineAdminNetworkPolicy, and it is called `default`");

    /// <summary>NP2415.</summary>
    public static readonly DiagnosticDescriptor InvalidDomainName = Error("NP2415", "Invalid domain name", Server + "write at least two labels, and `*.` only in front of them");

    /// <summary>NP2430.</summary>
    public static readonly DiagnosticDescriptor SelectorFailsClosed = Warning("NP2430", "Selector that means nothing and fails closed", "correct the selector; the API server does not look into it");

    /// <summary>NP2431.</summary>
    public static readonly DiagnosticDescriptor ProtocolFailsClosed = Warning("NP2431", "Protocol that means nothing and fails closed", "write `TCP`, `UDP` or `SCTP`; the API server does not look at it");

    /// <summary>NP2432.</summary>
    public static readonly DiagnosticDescriptor AdminRangeOrder = Warning("NP2432", "Port range that does not ascend in v1alpha1", "swap the ends, or write `portNumber`; the API server does not compare them");

    /// <summary>NP2433.</summary>
    public static readonly DiagnosticDescriptor NetworkHostBits = Warning("NP2433", "Network with bits beyond its length", "write the block's first address; the API server takes either");

    /// <summary>NP2434.</summary>
    public static readonly DiagnosticDescriptor DomainNameFailsClosed = Warning("NP2434", "Domain names in a rule that does not allow", "name networks instead; the API server does not look at the action");

    /// <summary>NP2435.</summary>
    public static readonly DiagnosticDescriptor ClusterPortName = Warning("NP2435", "Port name that no container can have", "port names have up to 15 lower-case letters, digits and `-`; the API server does not look at them");
}
