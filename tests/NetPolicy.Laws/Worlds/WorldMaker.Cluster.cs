using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Laws.Worlds;

/// <content>Cluster policies of all three kinds: every peer and port, known and unknown, few priorities.</content>
internal sealed partial class WorldMaker
{
    private static readonly string[] HostBits = ["10.0.0.5/29", "10.0.0.3/30", "192.168.0.77/24", "192.168.0.2/31", "203.0.113.9/25", "fd00::3/125", "fd01::9/64", "2001:db8::1/127"];

    private void MakeClusterPolicies()
    {
        bool alone = !shape.Kubernetes && !shape.Calico;
        int count = alone ? dice.Between(1, _isSimple ? 2 : 5) : dice.Between(_isSimple ? 0 : 1, _isSimple ? 2 : 4);
        for (int i = 0; i < count; i++)
        {
            _made.Add(ClusterPolicy());
        }

        if (dice.Chance(75))
        {
            _made.Add(new DomainNamesManifest
            {
                Metadata = new ObjectMetadata { Name = "names" },
                Names = new EquatableMap<EquatableArray<string>>(DomainNames.Known.Select(n => new KeyValuePair<string, EquatableArray<string>>(n.Key, n.Value.ToEquatableArray()))),
            });
        }
    }

    private Manifest ClusterPolicy()
    {
        ObjectMetadata metadata = new() { Name = dice.Pick("p", "q", "foo", "foo-bar", "foo1") };
        return dice.Weighted((60, 0), (28, 1), (12, 2)) switch
        {
            0 => new ClusterNetworkPolicyManifest
            {
                Metadata = metadata,
                Spec = new ClusterNetworkPolicySpec
                {
                    Tier = dice.Weighted((60, "Admin"), (40, "Baseline")),
                    Priority = Priority(),
                    Subject = ClusterSubject(isAlpha1: false),
                    Ingress = ClusterRules(() => ClusterRule(isIngress: true)),
                    Egress = ClusterRules(() => ClusterRule(isIngress: false)),
                },
            },
            1 => new AdminNetworkPolicyManifest { Metadata = metadata, Spec = AdminSpec(isBaseline: false) with { Priority = Priority() } },
            _ => new BaselineAdminNetworkPolicyManifest { Metadata = new ObjectMetadata { Name = "default" }, Spec = AdminSpec(isBaseline: true) },
        };
    }

    private int Priority() => dice.Pick(0, 1, 1, 5, 5, 1000);

    private AdminNetworkPolicySpec AdminSpec(bool isBaseline) => new()
    {
        Subject = ClusterSubject(isAlpha1: true),
        Ingress = ClusterRules(() => AdminRule(isIngress: true, isBaseline)),
        Egress = ClusterRules(() => AdminRule(isIngress: false, isBaseline)),
    };

    private ClusterPolicySubject ClusterSubject(bool isAlpha1) => dice.Weighted((30, 0), (25, 1), (45, 2)) switch
    {
        0 => new ClusterPolicySubject { Namespaces = new LabelSelectorSpec() },
        1 => new ClusterPolicySubject { Namespaces = NamespaceSelector() },
        _ => new ClusterPolicySubject { Pods = ClusterPods(isAlpha1) },
    };

    private NamespacedPodSelector ClusterPods(bool isAlpha1) => new()
    {
        NamespaceSelector = dice.Chance(40) ? new LabelSelectorSpec() : !isAlpha1 && dice.Chance(40) ? null : NamespaceSelector(),
        PodSelector = dice.Chance(25) ? new LabelSelectorSpec() : LabelSelector(),
    };

    private EquatableArray<T>? ClusterRules<T>(Func<T> rule) => dice.Weighted((15, 0), (4, 1), (38, 2), (30, 3), (13, 4)) switch
    {
        0 => null,
        int count => dice.Many(count - 1, count - 1, rule).ToEquatableArray(),
    };

    private ClusterPolicyRule ClusterRule(bool isIngress)
    {
        string action = dice.Weighted((34, "Accept"), (40, "Deny"), (26, "Pass"));
        return new ClusterPolicyRule
        {
            Name = dice.Chance(80) ? null : "a rule",
            Action = action,
            Peers = dice.Many(1, 2, () => ClusterPeer(isIngress, isAlpha1: false, hasNames: true, action)).ToEquatableArray(),
            Protocols = dice.Chance(38) ? null : dice.Many(1, 2, ClusterProtocol).ToEquatableArray(),
        };
    }

    private AdminPolicyRule AdminRule(bool isIngress, bool isBaseline)
    {
        string action = isBaseline ? dice.Pick("Allow", "Deny") : dice.Weighted((34, "Allow"), (40, "Deny"), (26, "Pass"));
        return new AdminPolicyRule
        {
            Name = dice.Chance(80) ? null : "a rule",
            Action = action,
            Peers = dice.Many(1, 2, () => ClusterPeer(isIngress, isAlpha1: true, hasNames: !isBaseline, action)).ToEquatableArray(),
            Ports = dice.Chance(35) ? null : dice.Many(1, 2, AdminPort).ToEquatableArray(),
        };
    }

    private ClusterPolicyPeer ClusterPeer(bool isIngress, bool isAlpha1, bool hasNames, string action) =>
        (isIngress ? dice.Weighted((45, 0), (50, 1), (5, 5)) : dice.Weighted((18, 0), (26, 1), (16, 2), (25, 3), (11, 4), (4, 5))) switch
        {
            0 => new ClusterPolicyPeer { Namespaces = dice.Chance(35) ? new LabelSelectorSpec() : NamespaceSelector() },
            1 => new ClusterPolicyPeer { Pods = ClusterPods(isAlpha1) },
            2 => new ClusterPolicyPeer { Nodes = dice.Chance(50) ? new LabelSelectorSpec() : LabelSelector() },
            4 when shape.Unknowns && hasNames && (action is "Allow" or "Accept" || dice.Chance(10)) => new ClusterPolicyPeer { DomainNames = dice.Some(2, DomainNames.Patterns).ToEquatableArray() },
            5 when shape.Unknowns => UnknownPeer(),
            5 => new ClusterPolicyPeer { Namespaces = NamespaceSelector() },
            _ => new ClusterPolicyPeer { Networks = dice.Many(1, 2, Network).Distinct().ToEquatableArray() },
        };

    // Nothing that anybody knows, or a selector that is none.
    private ClusterPolicyPeer UnknownPeer() => dice.Pick(0, 0, 1, 2, 3, 4) switch
    {
        0 => new ClusterPolicyPeer(),
        1 => new ClusterPolicyPeer { Namespaces = Invalid(new LabelRequirement { Key = "a", Operator = "Near", Values = ["1"] }) },
        2 => new ClusterPolicyPeer { Namespaces = Invalid(new LabelRequirement { Key = "-a", Operator = "Exists" }) },
        3 => new ClusterPolicyPeer { Pods = new NamespacedPodSelector { NamespaceSelector = new LabelSelectorSpec(), PodSelector = Invalid(new LabelRequirement { Key = "a", Operator = "In", Values = [] }) } },
        _ => new ClusterPolicyPeer { Pods = new NamespacedPodSelector { NamespaceSelector = new LabelSelectorSpec { MatchLabels = Map(("a", "-")) }, PodSelector = new LabelSelectorSpec() } },
    };

    private static LabelSelectorSpec Invalid(LabelRequirement requirement) => new() { MatchExpressions = [requirement] };

    private string Network() => dice.Chance(25) ? dice.PickFrom(HostBits) : dice.PickFrom(Prefixes.Of(dice.Chance(70) ? 4 : 6));

    private AdminPolicyPort AdminPort()
    {
        string? protocol = dice.Weighted((45, null), (20, "TCP"), (20, "UDP"), (13, "SCTP"), (shape.Unknowns ? 2 : 0, "tcp"));
        int first = dice.PickFrom(PortNumbers);
        return dice.Weighted((34, 0), (32, 1), (32, 2), (shape.Unknowns ? 2 : 0, 3)) switch
        {
            0 => new AdminPolicyPort { PortNumber = new AdminPortNumber { Protocol = protocol, Port = first } },
            1 => new AdminPolicyPort { PortRange = new AdminPortRange { Protocol = protocol, Start = first, End = RangeEnd(first) } },
            2 => new AdminPolicyPort { NamedPort = dice.PickFrom(PortNames) },
            _ => new AdminPolicyPort(),
        };
    }

    private ClusterPolicyProtocol ClusterProtocol()
    {
        int first = dice.PickFrom(PortNumbers);
        DestinationPortMatch match = dice.Weighted((48, 0), (36, 1), (16, 2)) switch
        {
            0 => new DestinationPortMatch { DestinationPort = new DestinationPort { Number = first } },
            1 => new DestinationPortMatch { DestinationPort = new DestinationPort { Range = new DestinationPortRange { Start = first, End = RangeEnd(first) } } },
            _ => new DestinationPortMatch(),
        };
        return dice.Weighted((40, 0), (18, 1), (12, 2), (28, 3), (shape.Unknowns ? 2 : 0, 4)) switch
        {
            0 => new ClusterPolicyProtocol { Tcp = match },
            1 => new ClusterPolicyProtocol { Udp = match },
            2 => new ClusterPolicyProtocol { Sctp = match },
            3 => new ClusterPolicyProtocol { DestinationNamedPort = dice.PickFrom(PortNames) },
            _ => new ClusterPolicyProtocol(),
        };
    }

    // Of one port, of several, and now and then the wrong way round.
    private int RangeEnd(int first) => dice.Weighted((10, first), (20, first + 1), (25, Math.Max(first, 81)), (25, Math.Max(first, 8080)), (15, 65535), (5, Math.Max(1, first - 2)));
}
