using System.Globalization;

namespace NetPolicy.Spec;

/// <summary>One Calico rule: all present clauses AND, entries inside a list OR, each <c>not…</c> clause a separate negation (Calico 4).</summary>
internal sealed class CalicoRuleSpec
{
    private readonly int? ipVersion;
    private readonly int? protocol;
    private readonly int? notProtocol;
    private readonly (int Type, int? Code)? icmp;
    private readonly (int Type, int? Code)? notIcmp;
    private readonly Entity source;
    private readonly Entity destination;
    private readonly HttpSpec? http;
    private readonly List<string> branches = [];

    /// <param name="node">The rule as written.</param>
    /// <param name="ns">The policy's namespace; empty for GlobalNetworkPolicy and Profile (Calico 3.3).</param>
    public CalicoRuleSpec(SpecNode node, string ns)
    {
        string action = node["action"].Text ?? "";
        Action = action switch
        {
            "Allow" => SpecAction.Allow,
            "Deny" => SpecAction.Deny,
            "Pass" => SpecAction.Pass,
            "Log" => SpecAction.Log,
            _ => throw new FormatException($"`{action}` is not an action"),
        };
        protocol = node["protocol"].IsNull ? null : SpecProtocol.Parse(node["protocol"], "");
        notProtocol = node["notProtocol"].IsNull ? null : SpecProtocol.Parse(node["notProtocol"], "");
        ipVersion = ReadIpVersion(node);
        icmp = ReadIcmp(node["icmp"]);
        notIcmp = ReadIcmp(node["notICMP"]);
        source = new Entity(node["source"], ns);
        destination = new Entity(node["destination"], ns);
        http = node["http"].IsNull ? null : new HttpSpec(node["http"]);
        NoteBranches(node);
    }

    public SpecAction Action { get; }

    /// <summary>Calico 4, row ipVersion: inferred from the names ICMP and ICMPv6, not from their numbers.</summary>
    private static int? ReadIpVersion(SpecNode node) => node["ipVersion"].Integer() ?? node["protocol"].Text switch
    {
        "ICMP" => 4,
        "ICMPv6" => 6,
        _ => null,
    };

    private static (int Type, int? Code)? ReadIcmp(SpecNode node) =>
        node["type"].Integer() is { } type ? (type, node["code"].Integer()) : null;

    private void NoteBranches(SpecNode node)
    {
        branches.Add("action:" + Action);
        Note(!node["ipVersion"].IsNull, "match:ipVersion");
        Note(ipVersion is not null && node["ipVersion"].IsNull, "default:ipVersion");
        Note(protocol is not null, "match:protocol");
        Note(notProtocol is not null, "match:notProtocol");
        Note(icmp is not null, "match:icmp");
        Note(notIcmp is not null, "match:notICMP");
        Note(http is not null, "match:http");
        branches.AddRange(source.Branches.Select(name => "source:" + name));
        branches.AddRange(destination.Branches.Select(name => "destination:" + name));
    }

    private void Note(bool present, string branch)
    {
        if (present)
        {
            branches.Add(branch);
        }
    }

    /// <summary>Calico 4, the table of clauses.</summary>
    public bool Matches(SpecPacket packet, SpecServices services, SpecTrace trace)
    {
        if (IsOmittedFor(packet.Family))
        {
            trace.Add("family:omitted");
            return false;
        }

        if ((protocol is not null && packet.Protocol != protocol)
            || (notProtocol is not null && packet.Protocol == notProtocol)
            || (icmp is { } wanted && !IcmpMatches(wanted, packet))
            || (notIcmp is { } unwanted && IcmpMatches(unwanted, packet))
            || !source.Matches(packet.Source, packet.SourcePort, packet, services, withPorts: false)
            || !destination.Matches(packet.Destination, packet.Port, packet, services, withPorts: true)
            || (http is not null && !http.Matches(packet.Flow)))
        {
            return false;
        }

        trace.Add(branches);
        return true;
    }

    /// <summary>Calico 4, family filtering (a), (b), (c).</summary>
    private bool IsOmittedFor(int family) =>
        (ipVersion is not null && ipVersion != family) || source.IsOmittedFor(family) || destination.IsOmittedFor(family);

    /// <summary>Calico 4, row icmp: type equal, and code if given; family picks ICMP or ICMPv6.</summary>
    private static bool IcmpMatches((int Type, int? Code) clause, SpecPacket packet) =>
        packet.Protocol == (packet.Family == 4 ? 1 : 58)
        && packet.Flow.IcmpType == clause.Type
        && (clause.Code is null || packet.Flow.IcmpCode == clause.Code);

    /// <summary>An EntityRule (Calico 1.5), its selectors rewritten (Calico 3.3).</summary>
    private sealed class Entity
    {
        private readonly List<SpecCidr> nets;
        private readonly List<SpecCidr> notNets;
        private readonly SpecSelector? positive;
        private readonly SpecSelector? negative;
        private readonly List<Port> ports;
        private readonly List<Port> notPorts;
        private readonly (string Namespace, string Name)? service;

        public Entity(SpecNode node, string ns)
        {
            nets = [.. node["nets"].Texts().Select(SpecCidr.Parse)];
            notNets = [.. node["notNets"].Texts().Select(SpecCidr.Parse)];
            ports = [.. node["ports"].Items.Select(Port.Read)];
            notPorts = [.. node["notPorts"].Items.Select(Port.Read)];
            positive = ReadPositive(node, ns);
            negative = SpecSelector.ParseOrNull(node["notSelector"].Text);
            SpecNode match = node["services"];
            if (match["name"].Text is { } name)
            {
                service = (match["namespace"].Text is { Length: > 0 } written ? written : ns, name);
            }

            NoteBranches(node);
        }

        public List<string> Branches { get; } = [];

        private void NoteBranches(SpecNode node)
        {
            string namespaceText = node["namespaceSelector"].Text ?? "";
            Note(nets.Count > 0, "nets");
            Note(notNets.Count > 0, "notNets");
            Note(!string.IsNullOrWhiteSpace(node["selector"].Text), "selector");
            Note(negative is not null, "notSelector");
            Note(namespaceText.Contains("global(", StringComparison.Ordinal), "global");
            Note(!string.IsNullOrWhiteSpace(namespaceText) && !namespaceText.Contains("global(", StringComparison.Ordinal), "namespaceSelector");
            Note(!node["serviceAccounts"].IsEmpty, "serviceAccounts");
            Note(service is not null, "services");
            Note(ports.Any(port => port.Name is null), "ports");
            Note(ports.Any(port => port.Name is not null), "namedPorts");
            Note(notPorts.Any(port => port.Name is null), "notPorts");
            Note(notPorts.Any(port => port.Name is not null), "notNamedPorts");
        }

        private void Note(bool present, string branch)
        {
            if (present)
            {
                Branches.Add(branch);
            }
        }

        /// <summary>Calico 3.3, steps 1 to 4.</summary>
        private static SpecSelector? ReadPositive(SpecNode node, string ns)
        {
            // 1
            SpecSelector hasNamespace = SpecSelector.Has("projectcalico.org/namespace");
            SpecSelector? namespaces = SpecSelector.ParseOrNull(node["namespaceSelector"].Text);
            SpecSelector? nsSel = namespaces is not null
                ? namespaces.Prefixed("pcns.").Replaced(hasNamespace, SpecSelector.Not(hasNamespace))
                : ns.Length > 0 ? SpecSelector.Is("projectcalico.org/namespace", ns) : null;

            // 2
            SpecNode accounts = node["serviceAccounts"];
            List<string> names = accounts["names"].Texts();
            SpecSelector? saSel = SpecSelector.And(
                SpecSelector.ParseOrNull(accounts["selector"].Text)?.Prefixed("pcsa."),
                names.Count > 0 ? SpecSelector.In("projectcalico.org/serviceaccount", names) : null);

            // 3
            SpecSelector? positive = SpecSelector.And(saSel, SpecSelector.ParseOrNull(node["selector"].Text));

            // 4
            bool scoped = positive is not null || namespaces is not null || SpecSelector.ParseOrNull(node["notSelector"].Text) is not null;
            return nsSel is not null && scoped ? SpecSelector.And(nsSel, positive) : positive;
        }

        /// <summary>Calico 4, family filtering (b) and (c).</summary>
        public bool IsOmittedFor(int family) =>
            (nets.Count > 0 && !nets.Any(net => net.Family == family))
            || (notNets.Count > 0 && !notNets.Any(net => net.Family == family))
            || notNets.Any(net => net.Family == family && net.IsEverything);

        public bool Matches(SpecPeer peer, int? port, SpecPacket packet, SpecServices services, bool withPorts)
        {
            if (nets.Count > 0 && !(peer.Address is { } address && nets.Any(net => net.Contains(address))))
            {
                return false;
            }

            if (peer.Address is { } held && notNets.Any(net => net.Contains(held)))
            {
                return false;
            }

            if (!SelectorsMatch(peer))
            {
                return false;
            }

            if (service is { } named && !services.RuleMatches(named.Namespace, named.Name, peer, withPorts ? (packet.Protocol, port) : null))
            {
                return false;
            }

            if (ports.Count > 0 && !(packet.HasPorts && ports.Any(entry => PortMatches(entry, peer, port, packet.Protocol))))
            {
                return false;
            }

            return notPorts.Count == 0 || (packet.HasPorts && !notPorts.Any(entry => PortMatches(entry, peer, port, packet.Protocol)));
        }

        /// <summary>Calico 3.3: both are one expression per endpoint; only a negative one is "not in the set".</summary>
        private bool SelectorsMatch(SpecPeer peer)
        {
            if (positive is not null)
            {
                return peer.Owners.Any(IsCandidate);
            }

            return negative is null || !peer.Owners.Any(owner => negative.Matches(owner.Labels));
        }

        private bool IsCandidate(SpecOwner owner) =>
            positive is null || (positive.Matches(owner.Labels) && (negative is null || !negative.Matches(owner.Labels)));

        /// <summary>Calico 3.5: numbers, or a name among the endpoints that match the positive selector.</summary>
        private bool PortMatches(Port entry, SpecPeer peer, int? port, int protocol)
        {
            if (port is not { } number)
            {
                return false;
            }

            if (entry.Name is not { } name)
            {
                return entry.First <= number && number <= entry.Last;
            }

            return peer.Owners.Any(owner => IsCandidate(owner)
                && owner.Ports.Any(p => p.Name == name && p.Protocol == protocol && p.Port == number));
        }
    }

    /// <summary>Calico 1.5, Port.</summary>
    private sealed record Port(int First, int Last, string? Name)
    {
        public static Port Read(SpecNode node)
        {
            string text = node.Text ?? throw new FormatException("a port that is neither number nor text");
            if (text.All(char.IsAsciiDigit))
            {
                return new Port(Number(text), Number(text), null);
            }

            int colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? new Port(0, 0, text) : new Port(Number(text[..colon]), Number(text[(colon + 1)..]), null);
        }

        private static int Number(string text) =>
            ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
                ? number
                : throw new FormatException($"`{text}` is not a port");
    }
}
