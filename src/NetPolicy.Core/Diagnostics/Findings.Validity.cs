namespace NetPolicy.Diagnostics;

/// <content>NP2xxx: the documents can be read, but say something that API servers refuse.</content>
public static partial class Findings
{
    private const string Server = "the API server refuses the document; ";

    /// <summary>NP2001.</summary>
    public static readonly DiagnosticDescriptor ConflictingDocuments = Error("NP2001", "Two different documents for one object", "keep the one that is meant");

    /// <summary>NP2002.</summary>
    public static readonly DiagnosticDescriptor RepeatedDocument = Warning("NP2002", "Document given twice", "keep one");

    /// <summary>NP2003.</summary>
    public static readonly DiagnosticDescriptor TierNotFound = Warning("NP2003", "Policy of a tier that no document declares", "add the Tier, or correct the name: Calico refuses to create a policy of a tier that does not exist");

    /// <summary>NP2004.</summary>
    public static readonly DiagnosticDescriptor DomainNameUnknown = Warning("NP2004", "Domain name without known addresses", "list its addresses in a document of kind DomainNames, as a dataplane would learn them from DNS");

    /// <summary>NP2010.</summary>
    public static readonly DiagnosticDescriptor NameRequired = Error("NP2010", "Object without a name", Server + "write `metadata.name`");

    /// <summary>NP2011.</summary>
    public static readonly DiagnosticDescriptor InvalidName = Error("NP2011", "Invalid object name", Server + "use lower-case letters, digits and `-`");

    /// <summary>NP2012.</summary>
    public static readonly DiagnosticDescriptor InvalidNamespace = Error("NP2012", "Invalid namespace name", Server + "use lower-case letters, digits and `-`");

    /// <summary>NP2013.</summary>
    public static readonly DiagnosticDescriptor NamespaceForbidden = Error("NP2013", "Namespace on a cluster-wide kind", "remove `metadata.namespace`");

    /// <summary>NP2014.</summary>
    public static readonly DiagnosticDescriptor InvalidLabel = Error("NP2014", "Invalid label", Server + "correct the key or the value");

    /// <summary>NP2015.</summary>
    public static readonly DiagnosticDescriptor InvalidAnnotation = Error("NP2015", "Invalid annotation", Server + "correct the key");

    /// <summary>NP2016.</summary>
    public static readonly DiagnosticDescriptor AnnotationsTooLong = Error("NP2016", "Annotations too long", Server + "shorten them");

    /// <summary>NP2017.</summary>
    public static readonly DiagnosticDescriptor ReservedLabel = Error("NP2017", "Reserved label", "remove the label");

    /// <summary>NP2101.</summary>
    public static readonly DiagnosticDescriptor UnsupportedProtocol = Error("NP2101", "Protocol not supported", Server + "protocols are written in upper case");

    /// <summary>NP2102.</summary>
    public static readonly DiagnosticDescriptor PeerRequired = Error("NP2102", "Empty peer", Server + "leave out `from` or `to` altogether to mean everybody");

    /// <summary>NP2103.</summary>
    public static readonly DiagnosticDescriptor PortOutOfRange = Error("NP2103", "Port out of range", Server + "leave out `port` to mean every port");

    /// <summary>NP2104.</summary>
    public static readonly DiagnosticDescriptor InvalidPortName = Error("NP2104", "Invalid port name", Server + "a number in quotes is a name; write it without quotes");

    /// <summary>NP2105.</summary>
    public static readonly DiagnosticDescriptor EndPortWithoutPort = Error("NP2105", "endPort without port", Server + "write `port` too");

    /// <summary>NP2106.</summary>
    public static readonly DiagnosticDescriptor EndPortWithName = Error("NP2106", "endPort with a port name", Server + "a range needs numbers at both ends");

    /// <summary>NP2107.</summary>
    public static readonly DiagnosticDescriptor EndPortBelowPort = Error("NP2107", "Port range ends before it starts", Server + "swap the ends");

    /// <summary>NP2108.</summary>
    public static readonly DiagnosticDescriptor EndPortOutOfRange = Error("NP2108", "endPort out of range", Server + "ports go up to 65535");

    /// <summary>NP2109.</summary>
    public static readonly DiagnosticDescriptor PeerMixed = Error("NP2109", "Peer of two sorts", Server + "write two peers, each with a `-`");

    /// <summary>NP2110.</summary>
    public static readonly DiagnosticDescriptor CidrRequired = Error("NP2110", "Address block without cidr", Server + "write `cidr`");

    /// <summary>NP2111.</summary>
    public static readonly DiagnosticDescriptor InvalidCidr = Error("NP2111", "Invalid address block", Server + "one address is written with /32 or /128");

    /// <summary>NP2112.</summary>
    public static readonly DiagnosticDescriptor InvalidExcept = Error("NP2112", "Invalid exception", Server + "one address is written with /32 or /128");

    /// <summary>NP2113.</summary>
    public static readonly DiagnosticDescriptor ExceptNotInside = Error("NP2113", "Exception that is no part of its block", Server + "an exception must be smaller than its block and inside it");

    /// <summary>NP2114.</summary>
    public static readonly DiagnosticDescriptor OldCidrSpelling = Error("NP2114", "Address block in a spelling that API servers from 1.36 on refuse", "write it as shown");

    /// <summary>NP2115.</summary>
    public static readonly DiagnosticDescriptor TooManyPolicyTypes = Error("NP2115", "Too many policy types", Server + "each of both is written once");

    /// <summary>NP2116.</summary>
    public static readonly DiagnosticDescriptor InvalidPolicyType = Error("NP2116", "Unknown policy type", Server + "case matters");

    /// <summary>NP2121.</summary>
    public static readonly DiagnosticDescriptor InvalidSelectorKey = Error("NP2121", "Invalid label key in a selector", Server + "no object can have such a label");

    /// <summary>NP2122.</summary>
    public static readonly DiagnosticDescriptor InvalidSelectorValue = Error("NP2122", "Invalid label value in a selector", Server + "no object can have such a label");

    /// <summary>NP2123.</summary>
    public static readonly DiagnosticDescriptor InvalidSelectorOperator = Error("NP2123", "Unknown selector operator", Server + "case matters");

    /// <summary>NP2124.</summary>
    public static readonly DiagnosticDescriptor SelectorValuesRequired = Error("NP2124", "Selector without values", Server + "list at least one value");

    /// <summary>NP2125.</summary>
    public static readonly DiagnosticDescriptor SelectorValuesForbidden = Error("NP2125", "Selector with values it cannot have", Server + "remove `values` or use `In`");

    /// <summary>NP2201.</summary>
    public static readonly DiagnosticDescriptor IcmpWithoutProtocol = Error("NP2201", "ICMP clause without ICMP protocol", "write `protocol: ICMP` or `ICMPv6`");

    /// <summary>NP2202.</summary>
    public static readonly DiagnosticDescriptor IcmpOfOtherFamily = Error("NP2202", "ICMP of the other IP version", "ICMP goes with IPv4, ICMPv6 with IPv6");

    /// <summary>NP2203.</summary>
    public static readonly DiagnosticDescriptor PortsWithoutProtocol = Error("NP2203", "Numeric ports without protocol", "write the protocol");

    /// <summary>NP2204.</summary>
    public static readonly DiagnosticDescriptor PortsOfOtherProtocol = Error("NP2204", "Ports of a protocol that has none", "ports go with TCP, UDP and SCTP");

    /// <summary>NP2205.</summary>
    public static readonly DiagnosticDescriptor InvalidNet = Error("NP2205", "Invalid network", "one address is written with /32 or /128");

    /// <summary>NP2206.</summary>
    public static readonly DiagnosticDescriptor NetWithHostBits = Error("NP2206", "Network with bits beyond its length", "write the block's first address, or a longer prefix");

    /// <summary>NP2207.</summary>
    public static readonly DiagnosticDescriptor NetsOfBothFamilies = Error("NP2207", "IPv4 and IPv6 networks in one rule", "write two rules");

    /// <summary>NP2208.</summary>
    public static readonly DiagnosticDescriptor NetOfOtherFamily = Error("NP2208", "Network of the other IP version", "correct `ipVersion` or the network");

    /// <summary>NP2209.</summary>
    public static readonly DiagnosticDescriptor NotNetsEverything = Error("NP2209", "Rule that excludes every address", "the rule could never match; remove the entry");

    /// <summary>NP2210.</summary>
    public static readonly DiagnosticDescriptor ServicesWithOthers = Error("NP2210", "Services beside another way to name the peer", "write two rules");

    /// <summary>NP2211.</summary>
    public static readonly DiagnosticDescriptor IncompleteService = Error("NP2211", "Service not fully named", "a global policy must name the namespace too");

    /// <summary>NP2212.</summary>
    public static readonly DiagnosticDescriptor ServicesWithPorts = Error("NP2212", "Services beside ports", "a Service brings its own ports; remove the list");

    /// <summary>NP2213.</summary>
    public static readonly DiagnosticDescriptor ServicesOnOwnSide = Error("NP2213", "Services on the subject's side", "ingress rules take `source.services`, egress rules `destination.services`");

    /// <summary>NP2214.</summary>
    public static readonly DiagnosticDescriptor HttpInEgress = Error("NP2214", "HTTP clause in an egress rule", "HTTP is judged where a connection arrives");

    /// <summary>NP2215.</summary>
    public static readonly DiagnosticDescriptor GlobalMisplaced = Error("NP2215", "`global()` where it cannot stand", "`global()` is the whole text of a rule's namespaceSelector, or nothing");

    /// <summary>NP2216.</summary>
    public static readonly DiagnosticDescriptor InvalidSelector = Error("NP2216", "Selector that cannot be parsed", "write for example `app == 'web' && has(tier)`");

    /// <summary>NP2220.</summary>
    public static readonly DiagnosticDescriptor SelectorTooLong = Error("NP2220", "Selector too long", "split the policy");

    /// <summary>NP2221.</summary>
    public static readonly DiagnosticDescriptor TooManyItems = Error("NP2221", "List too long", "split the policy, or use a network set");

    /// <summary>NP2222.</summary>
    public static readonly DiagnosticDescriptor RepeatedItem = Error("NP2222", "Entry listed twice", "keep one");

    /// <summary>NP2223.</summary>
    public static readonly DiagnosticDescriptor InvalidTypes = Error("NP2223", "Invalid policy types", "list `Ingress`, `Egress` or both, or leave the field out");

    /// <summary>NP2224.</summary>
    public static readonly DiagnosticDescriptor InvalidAction = Error("NP2224", "Unknown action", "case matters");

    /// <summary>NP2225.</summary>
    public static readonly DiagnosticDescriptor InvalidIpVersion = Error("NP2225", "Unknown IP version", "write 4 or 6");

    /// <summary>NP2226.</summary>
    public static readonly DiagnosticDescriptor InvalidProtocol = Error("NP2226", "Unknown protocol", "case matters: `TCP`, `UDP`, `ICMP`, `ICMPv6`, `SCTP`, `UDPLite`, or a number from 1 to 255");

    /// <summary>NP2227.</summary>
    public static readonly DiagnosticDescriptor InvalidIcmp = Error("NP2227", "Invalid ICMP type or code", "types go from 0 to 254, codes from 0 to 255, and a code needs a type");

    /// <summary>NP2228.</summary>
    public static readonly DiagnosticDescriptor InvalidPort = Error("NP2228", "Invalid port", "write a number from 1 to 65535, a range such as \"8000:8100\", or a port name");

    /// <summary>NP2229.</summary>
    public static readonly DiagnosticDescriptor InvalidHttp = Error("NP2229", "Invalid HTTP clause", "an HTTP clause goes with `action: Allow` and TCP; a path starts with `/`");

    /// <summary>NP2230.</summary>
    public static readonly DiagnosticDescriptor InvalidStage = Error("NP2230", "doNotTrack or preDNAT with what excludes it", "both need `applyOnForward: true`, exclude each other, and preDNAT is for ingress only");

    /// <summary>NP2231.</summary>
    public static readonly DiagnosticDescriptor InvalidStagedAction = Error("NP2231", "Unknown staged action", "case matters");

    /// <summary>NP2232.</summary>
    public static readonly DiagnosticDescriptor DeleteWithSpec = Error("NP2232", "Staged deletion with a spec", "a staged `Delete` names the policy and says nothing else");

    /// <summary>NP2233.</summary>
    public static readonly DiagnosticDescriptor InvalidTierName = Error("NP2233", "Invalid tier name", "use lower-case letters, digits and `-`");

    /// <summary>NP2234.</summary>
    public static readonly DiagnosticDescriptor InvalidHint = Error("NP2234", "Unknown performance hint", "there is only `AssumeNeededOnEveryNode`");

    /// <summary>NP2240.</summary>
    public static readonly DiagnosticDescriptor InvalidHostEndpoint = Error("NP2240", "Invalid host endpoint", "a host endpoint names its node, and an interface or addresses");

    /// <summary>NP2241.</summary>
    public static readonly DiagnosticDescriptor InvalidAddress = Error("NP2241", "Invalid address", "write an IPv4 or IPv6 address without prefix length");

    /// <summary>NP2242.</summary>
    public static readonly DiagnosticDescriptor InvalidTier = Error("NP2242", "Invalid tier", "the tiers `kube-admin`, `default` and `kube-baseline` are fixed");

    /// <summary>NP2243.</summary>
    public static readonly DiagnosticDescriptor InvalidFelixSetting = Error("NP2243", "Invalid Felix setting", "correct the value");

    /// <summary>NP2301.</summary>
    public static readonly DiagnosticDescriptor InvalidInventoryAddress = Error("NP2301", "Address in the inventory that cannot be read", "answers about the object would be wrong; correct the address");

    /// <summary>NP2302.</summary>
    public static readonly DiagnosticDescriptor InvalidInventoryPort = Error("NP2302", "Port in the inventory that cannot be", "ports go from 1 to 65535");

    /// <summary>NP2304.</summary>
    public static readonly DiagnosticDescriptor InvalidKnownName = Error("NP2304", "Name that cannot be resolved", "write a full name without `*`");

    /// <summary>NP2303.</summary>
    public static readonly DiagnosticDescriptor InvalidNodeInterfaces = Error("NP2303", "Annotation netpol/interfaces that cannot be read", "write for example {\"eth0\":[\"172.17.0.10\"]}");
}
