using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Differential.Tests;

/// <summary>
/// The flows between which a snapshot can tell: every pair of ends on every protocol, on the ports where a rule or a name begins or ends and right beside them.
/// Ends are endpoints, nodes, and the first and last addresses of every block and those beside them.
/// </summary>
internal static class Cells
{
    private static readonly string[] s_outside = ["203.0.113.250", "2001:db8:ffff::250"];

    public static IEnumerable<FlowRequest> Of(Snapshot snapshot)
    {
        string[] workloads = [.. snapshot.Cluster.Endpoints.Where(endpoint => endpoint.IsWorkload && !endpoint.Addresses.IsEmpty).Select(endpoint => endpoint.Name)];
        string[] nodes = [.. snapshot.Cluster.Nodes.Select(node => node.ToString())];
        string[] outside = [.. s_outside.Concat(Blocks(snapshot).SelectMany(Edges)).Distinct()];
        (string Protocol, int? Port)[] traffic = [.. Traffic(snapshot)];
        string[] known = [.. workloads, .. nodes];
        int? sourcePort = SourcePort(snapshot);
        IEnumerable<(string Source, string Destination)> pairs = known
            .SelectMany(source => known.Concat(outside).Select(destination => (source, destination)))
            .Concat(outside.SelectMany(source => known.Select(destination => (source, destination))));
        return Direct(pairs, traffic, sourcePort).Concat(Leaving(snapshot, known, traffic, sourcePort)).Concat(ThroughServices(snapshot, [.. known, .. s_outside], sourcePort)).SelectMany(flow => ByInterface(snapshot, flow));
    }

    private static IEnumerable<FlowRequest> Direct(
        IEnumerable<(string Source, string Destination)> pairs, (string Protocol, int? Port)[] traffic, int? sourcePort) =>
        from pair in pairs
        where pair.Source != pair.Destination
        from family in (string[])["IPv4", "IPv6"]
        from one in traffic
        where one.Port is not null || one.Protocol == "47" || (one.Protocol == "ICMPv6") == (family == "IPv6")
        select new FlowRequest
        {
            From = pair.Source,
            To = pair.Destination,
            Protocol = one.Protocol,
            Port = one.Port,
            SourcePort = one.Port is null ? null : sourcePort,
            IcmpType = one.Protocol == "ICMP" ? (byte)8 : one.Protocol == "ICMPv6" ? (byte)128 : null,
            IcmpCode = one.Port is null && one.Protocol != "47" ? 0 : null,
            IpFamily = family,
        };

    /// <summary>To addresses behind each interface that has a name.</summary>
    private static IEnumerable<FlowRequest> Leaving(Snapshot snapshot, string[] known, (string Protocol, int? Port)[] traffic, int? sourcePort)
    {
        string[] names = [.. InterfaceNames(snapshot)];
        return from behind in Enumerable.Range(0, names.Length)
               from flow in Direct(known.Select(source => (source, string.Create(CultureInfo.InvariantCulture, $"198.18.{behind}.1"))), traffic, sourcePort)
               where flow.IpFamily == "IPv4"
               select flow with { OutInterface = names[behind] };
    }

    private static IEnumerable<string> InterfaceNames(Snapshot snapshot) =>
        snapshot.Cluster.Nodes.SelectMany(node => node.Interfaces).Select(i => i.Name).OfType<string>().Where(name => name != "lo").Distinct().Order(StringComparer.Ordinal);

    /// <summary>Every address of every Service on its ports, and the node ports.</summary>
    private static IEnumerable<FlowRequest> ThroughServices(Snapshot snapshot, string[] sources, int? sourcePort) =>
        from service in snapshot.Cluster.Services
        from port in service.Ports
        from dialled in service.Addresses.Select(address => (To: address.ToString(), Port: (int)port.Port))
            .Concat(snapshot.Cluster.Nodes.SelectMany(node => node.Addresses).Where(_ => port.NodePort != 0).Select(address => (To: address.ToString(), Port: (int)port.NodePort)))
        from source in sources
        select new FlowRequest { From = source, To = dialled.To, Protocol = port.Protocol.ToString(), Port = dialled.Port, SourcePort = sourcePort };

    /// <summary>By the node's default interface and, where the world decides, by each of the others.</summary>
    private static IEnumerable<FlowRequest> ByInterface(Snapshot snapshot, FlowRequest flow)
    {
        yield return flow;
        if (IpAddress.TryParse(flow.From, out IpAddress _))
        {
            foreach (string name in InterfaceNames(snapshot))
            {
                yield return flow with { InInterface = name };
            }
        }
    }

    /// <summary>A packet has a source port; where rules look at it, it must be told.</summary>
    public static int? SourcePort(Snapshot snapshot) =>
        snapshot.Policies.SelectMany(policy => policy.Ingress.Concat(policy.Egress))
            .SelectMany(rule => rule.Alternatives)
            .Any(match => match.Source.Ports is not null || match.Source.NotPorts is not null)
            ? 47123
            : null;

    private static IEnumerable<(string Protocol, int? Port)> Traffic(Snapshot snapshot)
    {
        SortedSet<(string, int)> ports = [("TCP", 1), ("UDP", 1), ("SCTP", 1), ("TCP", 65535)];
        foreach ((Protocol protocol, ushort port) in LabFlows.Ports(snapshot, []))
        {
            ports.Add((protocol.ToString(), port));
            ports.Add((protocol.ToString(), Math.Min(port + 1, 65535)));
            ports.Add((protocol.ToString(), Math.Max(port - 1, 1)));
        }

        foreach (Failsafe failsafe in snapshot.Cluster.Nodes.SelectMany(node => node.FailsafeInbound.Concat(node.FailsafeOutbound)))
        {
            ports.Add((failsafe.Protocol.ToString(), failsafe.Port));
        }

        return ports.Select(port => (port.Item1, (int?)port.Item2)).Concat([("ICMP", null), ("ICMPv6", null), ("47", null)]);
    }

    private static IEnumerable<IpPrefix> Blocks(Snapshot snapshot) =>
        snapshot.Policies.SelectMany(policy => policy.Ingress.Concat(policy.Egress))
            .SelectMany(rule => rule.Alternatives)
            .SelectMany(match => (EndMatch[])[match.Source, match.Destination])
            .SelectMany(end => (end.Nets ?? default).Concat(end.NotNets ?? default))
            .Concat(snapshot.Cluster.Selectables.OfType<NetworkSet>().SelectMany(set => set.Nets))
            .Distinct();

    private static IEnumerable<string> Edges(IpPrefix block) =>
        Laws.Worlds.Prefixes.Edges(string.Create(CultureInfo.InvariantCulture, $"{block.First}/{block.Length}"));
}
