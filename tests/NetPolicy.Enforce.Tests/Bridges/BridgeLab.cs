using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using Packet = NetPolicy.Enforce.Simulation.Packet;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>
/// A node with a bridge as the bridge CNI makes it: pods a, b and c behind ports va, vb and vc, somebody unknown behind vx, and a machine outside that the node routes to.
/// Frames are sent from within their namespaces and caught where they arrive.
/// </summary>
internal sealed class BridgeLab : IDisposable
{
    public const string Bridge = "cni0";
    public const string Documents = """
        apiVersion: v1
        kind: Node
        metadata: {name: node1}
        spec: {podCIDRs: [10.244.0.0/24, "fd00:244::/64"]}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: InternalIP, address: 10.244.0.1}, {type: InternalIP, address: "fd00:244::1"}, {type: InternalIP, address: "2001:db8::1"}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: shop, labels: {app: a}}
        spec: {nodeName: node1}
        status: {podIPs: [{ip: 10.244.0.2}, {ip: "fd00:244::2"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b, namespace: shop, labels: {app: b}}
        spec: {nodeName: node1}
        status: {podIPs: [{ip: 10.244.0.3}, {ip: "fd00:244::3"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: c, namespace: shop, labels: {app: c}}
        spec: {nodeName: node1}
        status: {podIPs: [{ip: 10.244.0.4}, {ip: "fd00:244::4"}]}

        """;

    public const string Policies = """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: b, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: b}}
          policyTypes: [Ingress]
          ingress:
          - from: [{podSelector: {matchLabels: {app: a}}}, {ipBlock: {cidr: 192.0.2.2/32}}, {ipBlock: {cidr: "2001:db8::2/128"}}]
            ports: [{port: 8080, protocol: UDP}, {port: 8080}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: c, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: c}}
          policyTypes: [Egress]
          egress:
          - to: [{podSelector: {matchLabels: {app: a}}}]
            ports: [{port: 53, protocol: UDP}]
        """;

    private readonly SortedDictionary<string, NetworkNamespace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FrameSender Sender, FrameReceiver Receiver, int Index)> _ends = new(StringComparer.Ordinal);

    public BridgeLab()
    {
        Host = NetworkNamespace.CreateNamed("bridge");
        Ip(Host, "link add cni0 address 02:00:00:00:00:fe type bridge", "link set cni0 up", "addr add 10.244.0.1/24 dev cni0", "addr add fd00:244::1/64 dev cni0 nodad", "link set lo up");
        foreach ((string name, byte number) in ((string, byte)[])[("a", 2), ("b", 3), ("c", 4), ("x", 9)])
        {
            NetworkNamespace place = Add(name, $"v{name}");
            Ip(Host, $"link set v{name} master cni0");
            Ip(
                place, string.Create(CultureInfo.InvariantCulture, $"link set eth0 address 02:00:00:00:00:0{number}"), "link set eth0 up",
                string.Create(CultureInfo.InvariantCulture, $"addr add 10.244.0.{number}/24 dev eth0"),
                string.Create(CultureInfo.InvariantCulture, $"addr add fd00:244::{number}/64 dev eth0 nodad"),
                "route add default via 10.244.0.1", "-6 route add default via fd00:244::1");
        }

        NetworkNamespace outside = Add("out", "eth0");
        Ip(Host, "link set eth0 address 02:00:00:00:01:01", "addr add 192.0.2.1/24 dev eth0", "addr add 2001:db8::1/64 dev eth0 nodad");
        Ip(
            outside, "link set eth0 address 02:00:00:00:01:02", "link set eth0 up", "addr add 192.0.2.2/24 dev eth0", "addr add 2001:db8::2/64 dev eth0 nodad",
            "route add 10.244.0.0/24 via 192.0.2.1", "-6 route add fd00:244::/64 via 2001:db8::1");
        Host.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        });
        _places.Add("host", Host);
        foreach ((string name, NetworkNamespace place) in _places)
        {
            string end = name == "host" ? Bridge : "eth0";
            int index = int.Parse(place.RunProcess("ip", ["-o", "link", "show", "dev", end]).ThrowIfFailed().Output.Split(':')[0], CultureInfo.InvariantCulture);
            _ends.Add(name, place.Run(() => (new FrameSender(), new FrameReceiver(index), index)));
        }

        Learn();
    }

    public NetworkNamespace Host { get; }

    /// <summary>Why bridged packets cannot be filtered on this kernel; null if they can.</summary>
    public static string? WhyNot { get; } = File.Exists("/proc/sys/net/bridge/bridge-nf-call-iptables") ? null : "the kernel has no br_netfilter: /proc/sys/net/bridge does not exist";

    public static MacAddress Mac(string who) => MacAddress.Parse(who switch
    {
        "host" => "02:00:00:00:00:fe",
        "a" => "02:00:00:00:00:02",
        "b" => "02:00:00:00:00:03",
        "c" => "02:00:00:00:00:04",
        "x" => "02:00:00:00:00:09",
        _ => throw new ArgumentOutOfRangeException(nameof(who)),
    });

    public static string Address(string who, bool isV6) => who switch
    {
        "host" => isV6 ? "fd00:244::1" : "10.244.0.1",
        "out" => isV6 ? "2001:db8::2" : "192.0.2.2",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(isV6 ? "fd00:244::" : "10.244.0.")}{Mac(who).Value & 0xff}"),
    };

    public static PodBridge Ports(params IEnumerable<string> names) => new(
        Bridge, [.. names.Select(n => new BridgePort($"v{n}", Mac(n), [IpAddress.Parse(Address(n, isV6: false)), IpAddress.Parse(Address(n, isV6: true))]))]);

    public static Snapshot World(string policies = Policies)
    {
        ManifestReadResult read = ManifestReader.Read(Documents + policies);
        return !read.Diagnostics.IsEmpty ? throw new InvalidOperationException(string.Join('\n', read.Diagnostics)) : Snapshot.Of(read.Manifests);
    }

    public static CompiledRuleset Compile(string policies = Policies, params IEnumerable<string> pods) =>
        RulesetCompiler.Compile(World(policies), "node1", new EnforcementOptions { Bridges = [Ports(pods.Any() ? pods : ["a", "b", "c"])] });

    public NetworkNamespace Pod(string name) => _places[name];

    /// <summary>Sends a frame from the inside of a pod, and says which others it arrived at, as it was sent or as the node routed it; <c>host</c> is the bridge itself.</summary>
    public string Arrivals(string from, byte[] frame)
    {
        foreach ((_, FrameReceiver receiver, _) in _ends.Values)
        {
            Drain(receiver);
        }

        (FrameSender sender, _, int index) = _ends[from];
        sender.AddFrame(index, frame);
        sender.Flush();
        return string.Join(' ', _ends.Where(end => end.Key != from && Caught(end.Value.Receiver, frame)).Select(end => end.Key).Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        foreach ((FrameSender sender, FrameReceiver receiver, _) in _ends.Values)
        {
            sender.Dispose();
            receiver.Dispose();
        }

        foreach (NetworkNamespace place in _places.Values)
        {
            place.Dispose();
        }
    }

    /// <summary>What the interpreter says of a frame between two ports, or from a port up to the node's own rules.</summary>
    public static bool Passes(NftMachine machine, string from, string to, byte[] frame)
    {
        Packet packet = Frame.ToPacket(frame, $"v{from}");
        PacketState state = new(packet);
        if (machine.RunBridge(Hook.Prerouting, state).Verdict == NftVerdict.Drop)
        {
            return false;
        }

        if (to == "host")
        {
            return true;
        }

        state.OutputInterface = $"v{to}";
        if (machine.RunBridge(Hook.Forward, state).Verdict == NftVerdict.Drop)
        {
            return false;
        }

        bool isTagged = frame[12] == 0x81;
        if (packet.Family == PacketFamily.Other || isTagged)
        {
            return true;
        }

        Packet bridged = packet with { Frame = null, InputInterface = Bridge, HopLimit = packet.HopLimit };
        PacketState passing = PacketState.Tracked(bridged, packet.IcmpType is >= 133 and <= 137 ? ConntrackState.Untracked : ConntrackState.New);
        passing.OutputInterface = Bridge;
        return machine.Run(Hook.Forward, passing).Verdict == NftVerdict.Accept;
    }

    public static NftMachine Machine(CompiledRuleset ruleset) => new(NftRuleset.Parse(NftWriter.Write(ruleset)));

    private static void Drain(FrameReceiver receiver)
    {
        while (receiver.Receive() > 0)
        {
        }
    }

    // The node takes one from the hop limit and writes its own link-layer addresses: what matters is the rest.
    private static bool Caught(FrameReceiver receiver, byte[] sent)
    {
        // A packet socket tells of tags beside the frame.
        byte[] untagged = sent[12] == 0x81 ? [.. sent.AsSpan(0, 12), .. sent.AsSpan(16)] : sent;
        bool found = false;
        for (int count = receiver.Receive(); count > 0; count = receiver.Receive())
        {
            for (int at = 0; at < count; at++)
            {
                ReadOnlySpan<byte> frame = receiver.Frame(at);
                found |= frame.SequenceEqual(untagged) || (frame.Length == sent.Length && frame.Length >= 46 && frame[^20..].SequenceEqual(sent.AsSpan(^20)));
            }
        }

        return found;
    }

    private static void Ip(NetworkNamespace place, params IEnumerable<string> commands)
    {
        foreach (string command in commands)
        {
            place.RunProcess("ip", command.Split(' ')).ThrowIfFailed();
        }
    }

    private NetworkNamespace Add(string name, string outer)
    {
        NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        _places.Add(name, place);
        Ip(Host, $"link add {outer} type veth peer name eth0 netns {place.Path}", $"link set {outer} up");
        Ip(place, "link set lo up");
        place.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/eth0/accept_dad", "0"));
        return place;
    }

    // The bridge and the node learn who is where before any rules are there.
    private void Learn()
    {
        foreach (string name in _places.Keys.Where(n => n is not ("out" or "host")))
        {
            Ip(Host, $"neigh replace {Address(name, isV6: false)} lladdr {Mac(name)} dev cni0 nud permanent", $"neigh replace {Address(name, isV6: true)} lladdr {Mac(name)} dev cni0 nud permanent");
            Host.RunProcess("bridge", ["fdb", "replace", Mac(name).ToString(), "dev", $"v{name}", "master", "static"]).ThrowIfFailed();
        }

        Ip(Host, "neigh replace 192.0.2.2 lladdr 02:00:00:00:01:02 dev eth0 nud permanent", "neigh replace 2001:db8::2 lladdr 02:00:00:00:01:02 dev eth0 nud permanent");
    }
}
