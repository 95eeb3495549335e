using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Laws.Worlds;

/// <content>Calico policies, and what belongs to them.</content>
internal sealed partial class WorldMaker
{
    private static readonly string[] Networks = ["networkset", "set"];
    private static readonly string[] ProfileNames = ["prof1", "prof2"];

    private string? _lastTier;

    private SelectorMaker EndpointSelectors => new(dice, [.. Keys, .. Keys, "projectcalico.org/namespace"], [.. Values, .. _namespaces]);

    private SelectorMaker NamespaceSelectors => new(dice, [.. Keys, .. Keys, "projectcalico.org/name", "kubernetes.io/metadata.name"], [.. Values, .. _namespaces]);

    private SelectorMaker AccountSelectors => new(dice, [.. Keys, "projectcalico.org/name"], [.. Values, .. Accounts]);

    private void MakeCalicoInventory()
    {
        foreach (string name in (string[])["t1", "t2"])
        {
            if (dice.Chance(55))
            {
                _made.Add(new TierManifest
                {
                    Metadata = new ObjectMetadata { Name = name },
                    Order = dice.Pick<double?>(null, 1, 1, 500, 1_000_000, 20_000_000),
                    DefaultAction = dice.Pick(null, "Deny", "Pass", "Pass"),
                });
            }
        }

        if (dice.Chance(10))
        {
            _made.Add(new TierManifest { Metadata = new ObjectMetadata { Name = "kube-baseline" }, Order = 10_000_000, DefaultAction = "Pass" });
        }

        foreach (string name in ProfileNames)
        {
            if (dice.Chance(35))
            {
                _made.Add(Profile(name));
            }
        }

        if (dice.Chance(8))
        {
            _made.Add(Profile("kns." + dice.PickFrom(_namespaces)));
        }

        MakeSets();
        MakeWorkloadEndpoints();
    }

    private ProfileManifest Profile(string name) => new()
    {
        Metadata = new ObjectMetadata { Name = name },
        Ingress = dice.Chance(15) ? null : dice.Many(0, 2, () => CalicoRule(isIngress: true, isGlobal: true)).ToEquatableArray(),
        Egress = dice.Chance(15) ? null : dice.Many(0, 2, () => CalicoRule(isIngress: false, isGlobal: true)).ToEquatableArray(),
        LabelsToApply = Labels(),
    };

    private void MakeSets()
    {
        for (int i = dice.Between(0, 3); i > 0; i--)
        {
            EquatableArray<string> nets = dice.Many(dice.Chance(90) ? 1 : 0, 3, () => dice.Chance(75)
                ? dice.PickFrom(Prefixes.Of(dice.Chance(70) ? 4 : 6))
                : dice.Pick("10.0.0.3", "fd00::2", "203.0.113.1", "10.0.0.5/29", "8.8.8.8")).Distinct().ToEquatableArray();
            string name = dice.PickFrom(Networks);
            _made.Add(dice.Chance(50)
                ? new NetworkSetManifest { Metadata = Metadata(name, dice.PickFrom(_namespaces), Labels()), Nets = nets }
                : new GlobalNetworkSetManifest { Metadata = Metadata(name, null, Labels()), Nets = nets });
        }
    }

    private void MakeWorkloadEndpoints()
    {
        foreach (PodManifest pod in _pods.Where(p => !p.Spec.HostNetwork))
        {
            if (dice.Chance(6))
            {
                string @namespace = pod.Metadata.Namespace!;
                _made.Add(WorkloadEndpoint($"n1-k8s-{pod.Metadata.Name}-eth0", @namespace, pod.Addresses) with
                {
                    Spec = WorkloadSpec(@namespace, pod.Addresses) with { Orchestrator = dice.Pick(null, "k8s"), Pod = pod.Metadata.Name },
                });
            }
        }

        if (dice.Chance(20))
        {
            string @namespace = dice.PickFrom(_namespaces);
            _made.Add(WorkloadEndpoint("vm0", @namespace, ["10.0.0.12"]));
        }
    }

    private WorkloadEndpointManifest WorkloadEndpoint(string name, string @namespace, EquatableArray<string> addresses) => new()
    {
        Metadata = Metadata(name, @namespace, Labels()),
        Spec = WorkloadSpec(@namespace, addresses) with { Orchestrator = "openstack", Workload = name },
    };

    private WorkloadEndpointSpec WorkloadSpec(string @namespace, EquatableArray<string> addresses) => new()
    {
        Node = dice.Pick(Nodes),
        Endpoint = "eth0",
        InterfaceName = Text($"cali{_made.Count}"),
        ServiceAccountName = dice.Chance(60) ? null : dice.PickFrom(Accounts),
        IpNetworks = addresses.Select(address => address + (address.Contains(':', StringComparison.Ordinal) ? "/128" : "/32")).ToEquatableArray(),
        Profiles = dice.Weighted<EquatableArray<string>?>(
            (45, ["kns." + @namespace]),
            (15, [dice.PickFrom(ProfileNames), "kns." + @namespace]),
            (15, ["kns." + @namespace, $"ksa.{@namespace}.{dice.PickFrom(Accounts)}"]),
            (10, ["gone", "kns." + @namespace]),
            (8, []),
            (7, null)),
        Ports = EndpointPorts(),
    };

    private EquatableArray<EndpointPort>? EndpointPorts() => dice.Chance(40) ? null : dice.Many(0, 2, () => new EndpointPort
    {
        Name = dice.PickFrom(PortNames),
        Protocol = IntOrString.Of(dice.Pick("TCP", "UDP", "SCTP")),
        Port = dice.PickFrom(PortNumbers),
    }).ToEquatableArray();

    private CalicoPolicyManifest CalicoPolicy()
    {
        bool isStaged = shape.Staged && dice.Chance(18);
        bool isGlobal = dice.Chance(shape.Hosts ? 80 : 45);
        CalicoPolicyKind kind = (isGlobal, isStaged) switch
        {
            (false, false) => CalicoPolicyKind.NetworkPolicy,
            (true, false) => CalicoPolicyKind.GlobalNetworkPolicy,
            (false, true) => CalicoPolicyKind.StagedNetworkPolicy,
            (true, true) => CalicoPolicyKind.StagedGlobalNetworkPolicy,
        };
        string? action = isStaged ? dice.Weighted((40, null), (25, "Set"), (10, "Learn"), (10, "Ignore"), (15, "Delete")) : null;
        string name = dice.Pick("p", "q", "foo", "foo-bar", "foo1", "foo.bar");
        return new CalicoPolicyManifest
        {
            PolicyKind = kind,
            Metadata = Metadata(name, isGlobal ? null : dice.PickFrom(_namespaces), null),
            Spec = action == "Delete" ? new CalicoPolicySpec { StagedAction = action } : CalicoSpec(isGlobal) with { StagedAction = action },
        };
    }

    private CalicoPolicySpec CalicoSpec(bool isGlobal)
    {
        bool doNotTrack = isGlobal && dice.Chance(shape.Hosts ? 15 : 3);
        bool preDnat = isGlobal && !doNotTrack && dice.Chance(shape.Hosts ? 25 : 3);
        bool forward = doNotTrack || preDnat || (isGlobal && dice.Chance(shape.Hosts ? 45 : 4));
        int shapeOfTypes = dice.Below(100);
        EquatableArray<CalicoRule>? ingress = CalicoRules(isIngress: true, isGlobal);
        EquatableArray<CalicoRule>? egress = preDnat ? null : CalicoRules(isIngress: false, isGlobal);
        return new CalicoPolicySpec
        {
            Tier = Tier(),
            Order = dice.Pick<double?>(null, null, 1, 1, 2, 10.5, 999, 1000, 2000, -1),
            Selector = dice.Weighted((22, null), (8, ""), (20, "all()"), (50, EndpointSelectors.Next())),
            NamespaceSelector = isGlobal && dice.Chance(25) ? dice.Chance(35) ? "all()" : NamespaceSelectors.Next() : null,
            ServiceAccountSelector = dice.Chance(10) ? dice.Chance(30) ? "all()" : AccountSelectors.Next() : null,
            Ingress = ingress,
            Egress = egress,
            Types = shapeOfTypes < 40 ? null
                : preDnat || shapeOfTypes < 60 ? ["Ingress"]
                : shapeOfTypes < 75 ? ["Egress"]
                : shapeOfTypes < 90 ? ["Ingress", "Egress"]
                : ["Egress", "Ingress"],
            DoNotTrack = doNotTrack ? true : dice.Chance(5) && isGlobal ? false : null,
            PreDnat = preDnat ? true : null,
            ApplyOnForward = forward ? true : null,
            PerformanceHints = dice.Chance(4) ? ["AssumeNeededOnEveryNode"] : null,
        };
    }

    // Policies of one tier meet each other more often than chance would have it.
    private string? Tier()
    {
        if (!dice.Chance(35))
        {
            string?[] declared = [null, "default", .. _made.OfType<TierManifest>().Select(t => t.Metadata.Name)];
            _lastTier = dice.Weighted((30, null), (5, "default"), (45, dice.PickFrom(declared)), (8, "kube-admin"), (9, "kube-baseline"), (3, "t3"));
        }

        return _lastTier;
    }

    private EquatableArray<CalicoRule>? CalicoRules(bool isIngress, bool isGlobal) => dice.Weighted((20, 0), (5, 1), (40, 2), (25, 3), (10, 4)) switch
    {
        0 => null,
        int count => dice.Many(count - 1, count - 1, () => CalicoRule(isIngress, isGlobal)).ToEquatableArray(),
    };
}
