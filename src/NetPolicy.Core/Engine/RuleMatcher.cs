using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>Tells whether a rule matches a packet between two ends (Calico specification §4; Kubernetes specification §5.1 to §5.4).</summary>
internal readonly struct RuleMatcher(Snapshot snapshot)
{
    public bool Matches(CompiledRule rule, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        foreach (CompiledMatch alternative in rule.Alternatives)
        {
            if (Matches(alternative, packet, source, destination))
            {
                return true;
            }
        }

        return false;
    }

    public bool Matches(CompiledMatch alternative, in Packet packet, in PeerFacts source, in PeerFacts destination)
    {
        RuleMatch match = alternative.Match;
        return !match.IsNothing
            && (alternative.Families & (packet.Family == IpFamily.IPv6 ? 2 : 1)) != 0
            && (match.Protocol is not { } protocol || protocol == packet.Protocol)
            && (match.NotProtocol is not { } notProtocol || notProtocol != packet.Protocol)
            && (!alternative.NeedsPorts || packet.Protocol.HasPorts)
            && (match.Icmp is not { } icmp || Matches(icmp, packet))
            && (match.NotIcmp is not { } notIcmp || !Matches(notIcmp, packet))
            && (match.Http is not { } http || HttpMatcher.Matches(http, packet.HttpMethod, packet.HttpPath))
            && Matches(alternative.Source, source, packet.SourcePort, packet.Protocol)
            && Matches(alternative.Destination, destination, packet.Port, packet.Protocol);
    }

    // §4: the family picks ICMP or ICMPv6.
    private static bool Matches(IcmpMatch icmp, in Packet packet) =>
        packet.Protocol == (packet.Family == IpFamily.IPv6 ? Protocol.IcmpV6 : Protocol.Icmp)
        && (icmp.Type is not { } type || type == packet.IcmpType)
        && (icmp.Code is not { } code || code == packet.IcmpCode);

    private bool Matches(CompiledEnd end, in PeerFacts facts, int port, Protocol protocol) =>
        (end.Nets is null || IsIn(end.Nets, facts.Address))
        && (end.NotNets is null || !IsIn(end.NotNets, facts.Address))
        && (end.Selected is null || IsSelected(end.Selected, facts.Members))
        && (end.NotSelected is null || !IsSelected(end.NotSelected, facts.Members))
        && (end.Service is null || IsBackend(end, facts, port, protocol))
        && (end.Ports is null || MatchesPort(end.Ports, end.Selected, facts.Members, port, protocol))
        && (end.NotPorts is null || !MatchesPort(end.NotPorts, end.Selected, facts.Members, port, protocol));

    private static bool IsIn(IpPrefix[] prefixes, IpAddress address)
    {
        foreach (IpPrefix prefix in prefixes)
        {
            if (prefix.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsSelected(CompiledSelector selector, int[] members)
    {
        foreach (int member in members)
        {
            if (snapshot.Selects(selector, member))
            {
                return true;
            }
        }

        return false;
    }

    // Calico §3.4: for a destination protocol and port belong to the member, for a source only the address counts.
    private static bool IsBackend(CompiledEnd end, in PeerFacts facts, int port, Protocol protocol)
    {
        foreach (SliceBackend backend in end.Service!)
        {
            bool address = backend.Endpoint >= 0
                ? Array.IndexOf(facts.Members, backend.Endpoint) >= 0
                : backend.Address != default && backend.Address == facts.Address;
            if (address && (!end.IsDestination || (backend.Protocol == protocol && backend.Port == port)))
            {
                return true;
            }
        }

        return false;
    }

    // Calico §3.5: a name counts for owners of the address that the selector of this side selects.
    private bool MatchesPort(PortMatch ports, CompiledSelector? selected, int[] members, int port, Protocol protocol)
    {
        if (port < 0)
        {
            return false;
        }

        if (ports.Numbers.Contains((ushort)port))
        {
            return true;
        }

        if (ports.Names.IsEmpty)
        {
            return false;
        }

        foreach (int member in members)
        {
            if ((selected is null || snapshot.Selects(selected, member)) && HasPort(snapshot.ClassOf(member).Shape, ports, port, protocol))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasPort(LabelShape endpoint, PortMatch ports, int number, Protocol protocol)
    {
        foreach (NamedPort port in endpoint.Ports)
        {
            if (port.Number == number
                && port.Protocol == protocol
                && (ports.CountsInitContainers || (endpoint.IsPod && !port.OfInitContainer))
                && ports.Names.AsSpan().Contains(port.Name))
            {
                return true;
            }
        }

        return false;
    }
}
