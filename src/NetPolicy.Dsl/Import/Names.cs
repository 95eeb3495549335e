using System.Globalization;

namespace NetPolicy.Dsl;

/// <summary>Names of members, each given once. Words of the language are never names.</summary>
internal sealed class Names
{
    // Members of Syntax, types that generated code names, and what every class inherits.
    internal static readonly IReadOnlySet<string> Words = new HashSet<string>(StringComparer.Ordinal)
    {
        "AllEndpoints", "AllHostEndpoints", "AllNodes", "AllPods", "AllSctp", "AllTcp", "AllUdp", "AnyOf", "Anywhere", "Cidr", "ClusterPolicy", "Connect", "DefaultTier", "Dns", "Domain", "Endpoints",
        "EveryNamespace", "EveryNamespaceExcept", "GlobalNetworkSet", "GlobalPolicy", "HostEndpoint", "HostEndpoints", "Http", "IpProtocol", "KubeAdminTier",
        "KubeBaselineTier", "KubeDns", "Label", "Namespace", "NamespaceName", "Namespaces", "Nodes", "Nothing", "OrderBand", "Pods", "Raw", "Sctp", "ServicePort",
        "Tcp", "Tier", "Udp",
        "GenerateYaml", "GenerateYamlAttribute", "Icmp", "IcmpV6", "LabelKey", "NamespaceGroup", "NamespaceRef", "NetworkSet", "PolicySet", "Workload",
        "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString",
        "NetPolicy", "System",
    };

    private readonly HashSet<string> _taken;

    public Names(params ReadOnlySpan<string> taken) => _taken = new HashSet<string>([.. Words, .. taken], StringComparer.Ordinal);

    /// <summary>The first of these names that is free; if none is, the last with a number.</summary>
    public string Take(params ReadOnlySpan<string> wishes)
    {
        foreach (string wish in wishes)
        {
            if (_taken.Add(wish))
            {
                return wish;
            }
        }

        for (int i = 2; ; i++)
        {
            string numbered = wishes[^1] + i.ToString(CultureInfo.InvariantCulture);
            if (_taken.Add(numbered))
            {
                return numbered;
            }
        }
    }

    /// <summary>Gives a name back.</summary>
    public void Free(string name) => _taken.Remove(name);
}
