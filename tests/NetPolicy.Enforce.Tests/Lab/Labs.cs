using System.Net;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Tests.Lab;

/// <summary>The small cluster of these tests, and short ways to name probes.</summary>
internal static class Labs
{
    internal const byte Icmp = 1;
    internal const byte Tcp = 6;
    internal const byte Udp = 17;
    internal const byte IcmpV6 = 58;
    internal const byte Sctp = 132;

    internal static IPAddress Ip(string text) => IPAddress.Parse(text);

    internal static LabPod Pod(string id, string node, int number, params string[] addresses) =>
        new(id, node, $"cali{number:x8}", [.. addresses.Select(Ip)], [new LabPort(Tcp, 80), new LabPort(Udp, 53)]);

    /// <summary>One node, two pods of both families, one client of both.</summary>
    internal static LabTopology Small(params LabService[] services) => new(
        [new LabNode("n1", [Ip("192.0.2.1"), Ip("2001:db8:1::1")], PodRanges: [new LabRange(Ip("10.1.0.0"), 24), new LabRange(Ip("fd00:1::"), 64)])],
        [Pod("shop/a", "n1", 1, "10.1.0.1", "fd00:1::1"), Pod("shop/b", "n1", 2, "10.1.0.2", "fd00:1::2")],
        [new LabClient("internet", [Ip("203.0.113.9"), Ip("2001:db8:ffff::9")])],
        services);

    internal static LabProbe Probe(LabSource source, string destination, byte protocol, ushort port = 0) =>
        new($"{source.Kind} {source.Name} > {destination} {protocol}/{port}", source, Ip(destination), protocol, port);

    internal static LabSource A { get; } = LabSource.FromPod("shop/a");

    internal static LabSource B { get; } = LabSource.FromPod("shop/b");

    internal static LabSource Host { get; } = LabSource.FromHost("n1");

    internal static LabSource Internet { get; } = LabSource.FromClient("internet");
}
