using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class RoundTripTests
{
    private static readonly string[] Texts =
    [
        "web", "", " ", " a", "a ", "80", "080", "8e1", "1e3", "1.5", ".5", "5.", "+1", "-1", "0x1F", "0o17", "0b1", "1_000", "190:20:30", "80:90", "yes", "No", "on", "OFF", "y", "N",
        "true", "null", "~", "Null", ".inf", "-.INF", ".nan", "<<", "=", "2024-01-01", "2024-01-01T00:00:00Z", "a: b", "a:", "a:b", ":a", "a #b", "#a", "- a", "-a", "-", "--", "---", "...", "? a", "*a", "&a", "!a",
        "!has(x)", "has(x) && y == 'z'", "app == \"web\"", "all()", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "{a}", "[a]", "a, b", "a\nb", "a\r\nb", "\ttab", "a\\b", "é", "日本", "𝄞", "a\u0085b", "a\u2028b",
        "a\u00A0b", "a\u200Bb", "\0", "\u001b[31m", "10.0.0.0/8", "::/0", "fd00::1", "::1", "1::", "10.0.0.1", "12345678901234567890", "tcp", "a,b", new string('x', 5000), "x: " + new string('y', 2000), "e", "0", "-0", "0.", "1e", "1.2.3",
    ];

    public static TheoryData<Manifest> Documents()
    {
        LabelSelectorSpec selector = new()
        {
            MatchLabels = new(Pairs(("app", "web"), ("a/b", "80"))),
            MatchExpressions = [new LabelRequirement { Key = "k", Operator = "In", Values = ["yes", "b"] }, new LabelRequirement { Key = "k", Operator = "Exists" }, new LabelRequirement()],
        };
        NetworkPolicySpec kubernetes = new()
        {
            PodSelector = selector,
            Ingress =
            [
                new NetworkPolicyRule(),
                new NetworkPolicyRule
                {
                    Peers = [new NetworkPolicyPeer { PodSelector = new(), NamespaceSelector = selector }, new NetworkPolicyPeer { IpBlock = new IpBlockSpec { Cidr = "10.0.0.0/8", Except = ["10.1.0.0/16"] } }],
                    Ports = [new NetworkPolicyPort { Protocol = "TCP", Port = IntOrString.Of(80), EndPort = 90 }, new NetworkPolicyPort { Port = IntOrString.Of("80") }, new NetworkPolicyPort()],
                },
                new NetworkPolicyRule { Peers = [], Ports = [] },
            ],
            Egress = [],
            PolicyTypes = ["Ingress"],
        };
        EntityRule entity = new()
        {
            Nets = ["10.0.0.0/8"],
            NotNets = [],
            Selector = "!has(x)",
            NotSelector = "a == 'b'",
            NamespaceSelector = "global()",
            Services = new ServiceMatch { Name = "s", Namespace = "n" },
            ServiceAccounts = new ServiceAccountMatch { Names = ["sa"], Selector = "" },
            Ports = [IntOrString.Of(80), IntOrString.Of("80:90"), IntOrString.Of("http"), IntOrString.Of("80")],
            NotPorts = [IntOrString.Of(0)],
        };
        CalicoRule rule = new()
        {
            Action = "Allow",
            IpVersion = 4,
            Protocol = IntOrString.Of("TCP"),
            NotProtocol = IntOrString.Of(6),
            Icmp = new IcmpMatch { Type = 8, Code = 0 },
            NotIcmp = new IcmpMatch(),
            Source = entity,
            Destination = new EntityRule(),
            Http = new HttpMatch { Methods = ["GET"], Paths = [new HttpPath { Exact = "/a" }, new HttpPath { Prefix = "/b" }] },
            Annotations = new(Pairs(("name", "x"))),
        };
        CalicoPolicySpec calico = new()
        {
            Tier = "default",
            Order = 10.5,
            Selector = "all()",
            ServiceAccountSelector = "a == 'b'",
            Ingress = [rule, new CalicoRule { Action = "Deny" }],
            Egress = [],
            Types = ["Ingress", "Egress"],
            PerformanceHints = ["AssumeNeededOnEveryNode"],
        };
        CalicoPolicySpec global = calico with { NamespaceSelector = "x == 'y'", DoNotTrack = false, PreDnat = true, ApplyOnForward = true, Order = 1e300 };
        PodSpec pod = new()
        {
            NodeName = "n",
            HostNetwork = true,
            ServiceAccountName = "sa",
            Ports =
            [
                new ContainerPort { Name = "http", Number = 80 },
                new ContainerPort { Name = "http", Number = 81, Protocol = "UDP" },
                new ContainerPort { Number = 82 },
                new ContainerPort { Name = "i", Number = 83, OfInitContainer = true },
                new ContainerPort { Name = "s", Number = 84 },
                new ContainerPort { Name = "j", Number = 85, OfInitContainer = true },
            ],
        };
        ObjectMetadata metadata = new()
        {
            Name = "a",
            GenerateName = "a-",
            Namespace = "n",
            Labels = new(Texts.Distinct().Select((text, i) => KeyValuePair.Create(text, Texts[^(i + 1)]))),
            Annotations = new(Pairs()),
            IsDeleting = true,
        };
        ClusterVariant variant = new() { PodLabels = new([KeyValuePair.Create("x/a", new EquatableMap<string?>([KeyValuePair.Create("k", (string?)null), KeyValuePair.Create("l", (string?)"v")]))]) };
        ExpectedFlow flow = new()
        {
            From = "x/a", To = "10.0.0.1", Protocol = IntOrString.Of(17), Port = 53, SourcePort = 1, IcmpType = 2, IcmpCode = 3, IpFamily = NetPolicy.Addresses.IpFamily.IPv6, OutInterface = "eth0",
            InInterface = "eth1", HttpMethod = "GET", HttpPath = "/", Expect = ExpectedVerdict.Deny,
            Rule = new ExpectedRule { Kind = "NetworkPolicy", Namespace = "x", Name = "p", Direction = "ingress", Index = 0 },
        };
        ExpectedCheck check = new() { Port = 80, IpFamily = NetPolicy.Addresses.IpFamily.IPv6, Denied = [new ExpectedPair("x/a", "y/b")] };
        NamespacedPodSelector pods = new() { NamespaceSelector = selector, PodSelector = new LabelSelectorSpec() };
        ClusterPolicyPeer[] podPeers = [new(), new() { Namespaces = new() }, new() { Namespaces = selector }, new() { Pods = pods }, new() { Pods = new() }];
        ClusterPolicyPeer[] allPeers = [.. podPeers, new() { Nodes = selector }, new() { Networks = ["10.0.0.0/8", "::/0"] }, new() { Networks = [] }];
        ClusterPolicyPeer[] namedPeers = [.. allPeers, new() { DomainNames = ["*.example.io", "a.b."] }, new() { DomainNames = [] }];
        EquatableArray<AdminPolicyPort> adminPorts =
        [
            new AdminPolicyPort(),
            new AdminPolicyPort { PortNumber = new AdminPortNumber() },
            new AdminPolicyPort { PortNumber = new AdminPortNumber { Protocol = "UDP", Port = 53 } },
            new AdminPolicyPort { PortRange = new AdminPortRange { Protocol = "SCTP", Start = 9, End = 1 } },
            new AdminPolicyPort { NamedPort = "web" },
        ];
        EquatableArray<ClusterPolicyProtocol> protocols =
        [
            new ClusterPolicyProtocol(),
            new ClusterPolicyProtocol { Tcp = new DestinationPortMatch() },
            new ClusterPolicyProtocol { Udp = new DestinationPortMatch { DestinationPort = new DestinationPort() } },
            new ClusterPolicyProtocol { Sctp = new DestinationPortMatch { DestinationPort = new DestinationPort { Number = 9 } } },
            new ClusterPolicyProtocol { Tcp = new DestinationPortMatch { DestinationPort = new DestinationPort { Range = new DestinationPortRange { Start = 1, End = 65535 } } } },
            new ClusterPolicyProtocol { DestinationNamedPort = "80" },
        ];
        AdminNetworkPolicySpec admin = new()
        {
            Subject = new ClusterPolicySubject { Pods = pods },
            Ingress = [new AdminPolicyRule(), new AdminPolicyRule { Name = "n", Action = "Pass", Peers = podPeers.ToEquatableArray(), Ports = adminPorts }],
            Egress = [new AdminPolicyRule { Action = "Deny", Peers = allPeers.ToEquatableArray(), Ports = [] }, new AdminPolicyRule { Peers = [] }],
        };
        ClusterNetworkPolicySpec cluster = new()
        {
            Tier = "Baseline",
            Priority = 1000,
            Subject = new ClusterPolicySubject { Namespaces = new LabelSelectorSpec() },
            Ingress = [new ClusterPolicyRule { Name = "n", Action = "Accept", Peers = podPeers.ToEquatableArray(), Protocols = protocols }],
            Egress = [new ClusterPolicyRule(), new ClusterPolicyRule { Peers = namedPeers.ToEquatableArray(), Protocols = [] }],
        };
        return
        [
            new ClusterNetworkPolicyManifest { Metadata = metadata, Spec = cluster },
            new ClusterNetworkPolicyManifest { Spec = new ClusterNetworkPolicySpec { Subject = new ClusterPolicySubject(), Ingress = [] } },
            new ClusterNetworkPolicyManifest(),
            new AdminNetworkPolicyManifest { Metadata = metadata, Spec = admin with { Priority = -1, Egress = [new AdminPolicyRule { Peers = namedPeers.ToEquatableArray() }] } },
            new AdminNetworkPolicyManifest { Spec = new AdminNetworkPolicySpec() },
            new BaselineAdminNetworkPolicyManifest { Metadata = metadata, Spec = admin },
            new NetworkPolicyManifest(),
            new NetworkPolicyManifest { Metadata = metadata, Spec = new NetworkPolicySpec() },
            new NetworkPolicyManifest { Metadata = metadata, Spec = kubernetes },
            new CalicoPolicyManifest { PolicyKind = CalicoPolicyKind.NetworkPolicy, Spec = calico },
            new CalicoPolicyManifest { PolicyKind = CalicoPolicyKind.GlobalNetworkPolicy, Spec = global },
            new CalicoPolicyManifest { PolicyKind = CalicoPolicyKind.StagedNetworkPolicy, Spec = calico with { StagedAction = "Set" } },
            new CalicoPolicyManifest { PolicyKind = CalicoPolicyKind.StagedGlobalNetworkPolicy, Spec = global with { StagedAction = "Delete" } },
            new StagedKubernetesNetworkPolicyManifest(),
            new StagedKubernetesNetworkPolicyManifest { Spec = kubernetes, StagedAction = "Learn" },
            new HostEndpointManifest { Spec = new HostEndpointSpec { Node = "n", InterfaceName = "*", ExpectedIPs = ["1.2.3.4"], Profiles = ["p"], Ports = [new EndpointPort { Name = "x", Protocol = IntOrString.Of("TCP"), Port = 1 }] } },
            new NetworkSetManifest { Nets = ["10.0.0.0/8"] },
            new GlobalNetworkSetManifest { Nets = [] },
            new TierManifest { Order = -1, DefaultAction = "Pass" },
            new ProfileManifest { Ingress = [rule], Egress = [], LabelsToApply = new(Pairs(("a", "b"))) },
            new FelixConfigurationManifest { DefaultEndpointToHostAction = "Drop", FailsafeInboundHostPorts = [new FailsafePort { Protocol = IntOrString.Of("tcp"), Port = 22, Net = "::/0" }], FailsafeOutboundHostPorts = [] },
            new WorkloadEndpointManifest { Spec = new WorkloadEndpointSpec { Orchestrator = "k8s", Workload = "w", Node = "n", Pod = "p", Endpoint = "eth0", ServiceAccountName = "s", InterfaceName = "cali0", IpNetworks = ["1.1.1.1/32"], Profiles = [], Ports = [new EndpointPort()] } },
            new NamespaceManifest { Metadata = metadata },
            new ServiceAccountManifest { Metadata = metadata },
            new PodManifest(),
            new PodManifest { Metadata = metadata, Spec = pod, Phase = "Running", Addresses = ["10.0.0.1", "fd00::1"], IsReady = false },
            new DomainNamesManifest(),
            new DomainNamesManifest { Metadata = metadata with { Namespace = null }, Names = new([KeyValuePair.Create("example.io", (EquatableArray<string>)["203.0.113.7", "2001:db8::7"]), KeyValuePair.Create("a.b.", default(EquatableArray<string>))]) },
            new NodeManifest { Addresses = ["1.1.1.1", "fd00::1"], PodCidrs = ["10.0.0.0/24", "fd00::/64"] },
            new ServiceManifest
            {
                Type = "NodePort", Selector = new(Pairs()), ClusterIPs = ["10.96.0.1", "fd00::2"], ExternalIPs = ["9.9.9.9"], LoadBalancerIPs = ["5.5.5.5"], ExternalTrafficPolicy = "Local", PublishNotReadyAddresses = true,
                Ports = [new ServicePortSpec { Name = "http", Protocol = "TCP", Port = 80, TargetPort = IntOrString.Of("web"), NodePort = 30000 }, new ServicePortSpec { Port = 1 }],
            },
            new EndpointSliceManifest { AddressType = "IPv6", Endpoints = [new SliceEndpoint { Addresses = ["fd00::1"], IsReady = false }, new SliceEndpoint()], Ports = [new ServicePortSpec { Port = 80 }] },
            new IngressManifest("networking.k8s.io/v1", "Ingress") { Backends = [new ServiceBackend { Service = "s", ServicePort = IntOrString.Of("http") }, new ServiceBackend { Service = "t", ServicePort = IntOrString.Of(80) }] },
            new IngressManifest("route.openshift.io/v1", "Route") { Backends = [new ServiceBackend { Service = "s", TargetPort = IntOrString.Of("http") }, new ServiceBackend { Service = "t", TargetPort = IntOrString.Of("http") }] },
            new WorkloadManifest("apps/v1", "Deployment") { TemplateLabels = new(Pairs(("a", "b"))), Template = pod },
            new WorkloadManifest("batch/v1", "CronJob") { TemplateLabels = new(Pairs(("a", "b"))), Template = pod },
            new ExpectationManifest
            {
                Metadata = new ObjectMetadata { Name = "t" }, Cluster = "cluster.yaml", Variant = variant, Checks = [check], Flows = [flow],
                Steps = [new ExpectationStep { Name = "one", Documents = [new NamespaceManifest { Metadata = metadata }], Files = ["a.yaml"], Remove = [new ObjectReference { Kind = "Pod", Namespace = "x", Name = "a" }], Variant = variant, Checks = [check], Flows = [flow] }],
            },
        ];
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void What_is_written_reads_back_as_the_same_document(Manifest manifest)
    {
        foreach (string text in new[] { ManifestWriter.ToYaml(manifest), ManifestWriter.ToJson(manifest) })
        {
            ManifestReadResult result = ManifestReader.Read(text, "f");
            Assert.Empty(result.Diagnostics);
            Assert.Equal(manifest, Assert.Single(result.Manifests));
            Assert.DoesNotContain('\r', text);
        }
    }

    [Fact]
    public void Several_documents_read_back_in_order()
    {
        Manifest[] all = [.. Documents().Select(row => row.Data)];
        Assert.Equal(all, ManifestReader.Read(ManifestWriter.ToYaml(all)).Manifests.Where(m => true));
        Assert.Equal(all, ManifestReader.Read(ManifestWriter.ToJson(all)).Manifests.Where(m => true));
    }

    [Fact]
    public void Every_text_survives_as_value_and_as_key()
    {
        foreach (string text in Texts)
        {
            NamespaceManifest manifest = new() { Metadata = new ObjectMetadata { Name = text, Labels = new(Pairs((text, text))) } };
            ManifestReadResult result = ManifestReader.Read(ManifestWriter.ToYaml(manifest));
            Assert.Empty(result.Diagnostics);
            Assert.Equal(manifest, Assert.Single(result.Manifests));
        }
    }

    [Theory]
    [InlineData("web", "web")]
    [InlineData("80", "\"80\"")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("1.5", "\"1.5\"")]
    [InlineData("fd00::/8", "fd00::/8")]
    [InlineData("2024-01-01", "\"2024-01-01\"")]
    [InlineData("has(x) && y == 'z'", "has(x) && y == 'z'")]
    [InlineData("!has(x)", "\"!has(x)\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a\u200Bb", "\"a\\u200Bb\"")]
    public void Text_is_quoted_where_needed_and_only_there(string text, string written) => Assert.Equal(written, YamlText.Scalar(text, isKey: false));

    [Fact]
    public void Yaml_looks_as_kubectl_prints_it()
    {
        NetworkPolicyManifest policy = new()
        {
            Metadata = new ObjectMetadata { Name = "web", Namespace = "shop" },
            Spec = new NetworkPolicySpec
            {
                PodSelector = new LabelSelectorSpec(),
                Ingress = [new NetworkPolicyRule { Peers = [new NetworkPolicyPeer { NamespaceSelector = new LabelSelectorSpec { MatchLabels = new(Pairs(("a", "b"))) } }], Ports = [new NetworkPolicyPort { Port = IntOrString.Of(80) }] }],
                PolicyTypes = ["Ingress"],
            },
        };
        Assert.Equal(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabels:\n          a: b\n"
            + "    ports:\n    - port: 80\n  policyTypes:\n  - Ingress\n",
            ManifestWriter.ToYaml(policy));
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(params (string Key, string Value)[] pairs) => pairs.Select(p => KeyValuePair.Create(p.Key, p.Value));
}
