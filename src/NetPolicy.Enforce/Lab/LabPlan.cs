using System.Globalization;
using System.Net;
using System.Text;

namespace NetPolicy.Enforce.Lab;

/// <summary>What one node of a topology needs: its interfaces with the numbers they get, and the <c>ip</c> and <c>nft</c> texts that make it so.</summary>
internal sealed class LabPlan
{
    /// <summary>The hardware address of every interface of the node, and of everything at the other ends.</summary>
    internal const ulong HostHardware = 0xeeeeeeeeeeee;
    internal const ulong PeerHardware = 0x0200000000fe;

    /// <summary>An address on the node's loopback that answers ARP, so that the lab knows when everything sent before has been processed.</summary>
    internal static readonly IPAddress SyncAddress = new([169, 254, 254, 254]);

    internal const string ObserverTable = "netpol-lab-seen";
    internal const string ObserverSet = "seen";
    internal const string ServiceTable = "netpol-lab-services";

    private const int FirstOutside = 2;

    /// <summary>The next hop of everything that is not on a wire itself, as Calico has it for pods.</summary>
    internal static readonly IPAddress Gateway4 = new([169, 254, 1, 1]);
    internal static readonly IPAddress Gateway6 = new([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    private readonly LabTopology _topology;
    private readonly LabInterface[] _outside;
    private readonly LabPod[] _pods;

    internal LabPlan(LabTopology topology, LabNode node)
    {
        _topology = topology;
        Node = node;
        _outside = [new LabInterface(node.Interface, node.Addresses), .. node.ExtraInterfaces];
        _pods = [.. topology.Pods.Where(pod => pod.Node == node.Name)];
    }

    internal LabNode Node { get; }

    internal IReadOnlyList<LabPod> Pods => _pods;

    internal IReadOnlyList<LabInterface> Outside => _outside;

    internal int FirstPod => FirstOutside + _outside.Length;

    internal IEnumerable<IPAddress> Addresses => _outside.SelectMany(one => one.Addresses);

    /// <summary>The outside interface of this number, or null if the number is a pod's.</summary>
    internal LabInterface? OutsideAt(int index) =>
        index >= FirstOutside && index < FirstPod ? _outside[index - FirstOutside] : null;

    /// <summary>The pod whose interface has this number, or null.</summary>
    internal LabPod? PodAt(int index) =>
        index >= FirstPod && index < FirstPod + _pods.Length ? _pods[index - FirstPod] : null;

    /// <summary>The number of the outside interface of this name, or of the first.</summary>
    internal int OutsideIndex(string? name)
    {
        int at = Array.FindIndex(_outside, one => one.Name == name);
        return FirstOutside + Math.Max(at, 0);
    }

    /// <summary>Input for <c>ip -batch</c> in the peer namespace: every veth pair, its node's end moved there.</summary>
    internal string PeerScript(string hostPath)
    {
        StringBuilder script = new();
        foreach ((string peer, string host, int index) in Pairs())
        {
            Line(script, $"link add dev {peer} index {index} type veth peer name {host} index {index} address {Hardware(HostHardware)} netns {hostPath}");
            Line(script, $"link set dev {peer} up");
        }

        return script.ToString();
    }

    /// <summary>Input for <c>ip -batch</c> in the node's namespace: addresses, routes, neighbours.</summary>
    internal string HostScript()
    {
        StringBuilder script = new();
        Line(script, $"link set dev lo up");
        Line(script, $"addr add {SyncAddress}/32 dev lo scope link");
        foreach (LabInterface outside in _outside)
        {
            Line(script, $"link set dev {outside.Name} up");
            foreach (IPAddress address in outside.Addresses)
            {
                Line(script, $"addr add {address}/{Bits(address)} dev {outside.Name}{(WireAddress.IsIpv6(address) ? " nodad" : "")}");
            }

            Neighbour(script, Gateway4, outside.Name);
            Neighbour(script, Gateway6, outside.Name);
        }

        Line(script, $"route add 0.0.0.0/0 via {Gateway4} dev {Node.Interface} onlink{PreferredSource(v6: false)}");
        Line(script, $"route add ::/0 via {Gateway6} dev {Node.Interface} onlink{PreferredSource(v6: true)}");
        foreach (LabClient client in _topology.Clients)
        {
            if (OutsideIndex(client.Interface) == FirstOutside)
            {
                continue;
            }

            foreach (IPAddress address in client.Addresses)
            {
                IPAddress gateway = WireAddress.IsIpv6(address) ? Gateway6 : Gateway4;
                Line(script, $"route add {address}/{Bits(address)} via {gateway} dev {client.Interface} onlink{PreferredSource(WireAddress.IsIpv6(address))}");
            }
        }

        foreach (LabPod pod in _pods)
        {
            Line(script, $"link set dev {pod.Interface} up");
            foreach (IPAddress address in pod.Addresses)
            {
                Line(script, $"route add {address}/{Bits(address)} dev {pod.Interface}{PreferredSource(WireAddress.IsIpv6(address))}");
                Neighbour(script, address, pod.Interface);
            }
        }

        return script.ToString();
    }

    /// <summary>The lab's own tables: what reached the node's inside, and the services.</summary>
    internal string Tables() => Observer + "\n" + ServiceRules();

    /// <summary>Whether a service has several backends, which take connections in turn.</summary>
    internal bool TakesTurns => _topology.Services.GroupBy(service => (service.FrontAddress is null ? default : WireAddress.From(service.FrontAddress), service.Protocol, service.Port)).Any(front => front.Skip(1).Any());

    /// <summary>The table that notes what reached the node's inside, in place of one that may be there already.</summary>
    internal static string FreshObserver => $"delete table inet {ObserverTable}\n{Observer}";

    private static string Observer =>
        $$"""
        table inet {{ObserverTable}} {
          set {{ObserverSet}} { typeof meta mark; size 65536; flags dynamic; }
          chain input {
            type filter hook input priority 500; policy accept;
            meta l4proto { udp, udplite, icmp, ipv6-icmp } meta mark set @th,64,32 add @{{ObserverSet}} { meta mark }
            meta l4proto sctp meta mark set @th,128,32 add @{{ObserverSet}} { meta mark }
            meta l4proto != { udp, udplite, icmp, ipv6-icmp, sctp } meta mark set @th,32,32 add @{{ObserverSet}} { meta mark }
          }
        }

        """;

    /// <summary>The table that stands in for kube-proxy; empty without services.</summary>
    internal string ServiceRules()
    {
        string everyone = ServiceRules(LabServiceScope.Everyone);
        string inside = ServiceRules(LabServiceScope.Inside);
        string outside = ServiceRules(LabServiceScope.Outside);
        string interfaces = string.Join(", ", _outside.Select(one => $"\"{one.Name}\""));
        return (everyone + inside + outside).Length == 0
            ? ""
            : $$"""
              table inet {{ServiceTable}} {
                chain everyone {
              {{everyone}}  }
                chain inside {
              {{inside}}  }
                chain outside {
              {{outside}}  }
                chain prerouting {
                  type nat hook prerouting priority -100; policy accept;
                  jump everyone
                  iifname { {{interfaces}} } jump outside
                  iifname != { {{interfaces}} } jump inside
                }
                chain output {
                  type nat hook output priority -100; policy accept;
                  jump everyone
                  jump inside
                }
              }

              """;
    }

    private string ServiceRules(LabServiceScope scope)
    {
        StringBuilder rules = new();
        IEnumerable<IGrouping<(WireAddress, byte, ushort), (IPAddress Front, LabService Service)>> fronts = _topology.Services
            .Where(service => service.Scope == scope && (service.Node is null || service.Node == Node.Name))
            .SelectMany(service => Fronts(service).Select(front => (Front: front, Service: service)))
            .GroupBy(pair => (WireAddress.From(pair.Front), pair.Service.Protocol, pair.Service.Port));
        foreach (IGrouping<(WireAddress, byte Protocol, ushort Port), (IPAddress Front, LabService Service)> group in fronts)
        {
            (IPAddress Front, LabService Service)[] members = [.. group];
            string family = WireAddress.IsIpv6(members[0].Front) ? "ip6" : "ip";
            string backends = members.Length == 1
                ? Backend(members[0].Service)
                : $"numgen inc mod {members.Length} map {{ {string.Join(", ", members.Select((member, at) => string.Create(CultureInfo.InvariantCulture, $"{at} : {member.Service.BackendAddress} . {member.Service.BackendPort}")))} }}";
            Line(rules, $"    {family} daddr {members[0].Front} {ProtocolName(group.Key.Protocol)} dport {group.Key.Port} dnat {family} to {backends}");
        }

        return rules.ToString();
    }

    internal static string Hardware(ulong address) => string.Join(
        ':', Enumerable.Range(0, 6).Select(at => ((address >> (40 - (8 * at))) & 0xff).ToString("x2", CultureInfo.InvariantCulture)));

    private IEnumerable<(string Peer, string Host, int Index)> Pairs()
    {
        int index = FirstOutside;
        foreach (LabInterface outside in _outside)
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"o{index}"), outside.Name, index);
            index++;
        }

        foreach (LabPod pod in _pods)
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"p{index}"), pod.Interface, index);
            index++;
        }
    }

    internal IEnumerable<IPAddress> Fronts(LabService service) => service.FrontAddress is null
        ? Addresses.Where(address => WireAddress.SameFamily(address, service.BackendAddress))
        : [service.FrontAddress];

    private string PreferredSource(bool v6)
    {
        IPAddress? address = Node.Addresses.FirstOrDefault(one => WireAddress.IsIpv6(one) == v6);
        return address is null ? "" : $" src {address}";
    }

    internal static void Neighbour(StringBuilder script, IPAddress address, string device, ulong hardware = PeerHardware) =>
        Line(script, $"neigh add {address} lladdr {Hardware(hardware)} dev {device}");

    internal static int Bits(IPAddress address) => WireAddress.IsIpv6(address) ? 128 : 32;

    private static string Backend(LabService service) => WireAddress.IsIpv6(service.BackendAddress)
        ? string.Create(CultureInfo.InvariantCulture, $"[{service.BackendAddress}]:{service.BackendPort}")
        : string.Create(CultureInfo.InvariantCulture, $"{service.BackendAddress}:{service.BackendPort}");

    private static string ProtocolName(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        _ => "sctp",
    };

    internal static void Line(StringBuilder text, FormattableString line) =>
        text.Append(FormattableString.Invariant(line)).Append('\n');
}
