using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>What is connected with an address ends when the address gets another owner, whatever becomes of connections otherwise.</summary>
public sealed class OwnershipTests
{
    private const string Policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {app: api}}}, {podSelector: {matchLabels: {app: far}}}], ports: [{port: 8080}]}]
        """;

    [Theory]
    [InlineData(EstablishedConnections.Keep, "delta")]
    [InlineData(EstablishedConnections.Keep, "whole")]
    [InlineData(EstablishedConnections.Keep, "restart")]
    [InlineData(EstablishedConnections.ReevaluateOnRestrict, "delta")]
    [InlineData(EstablishedConnections.ReevaluateAlways, "delta")]
    public void A_connection_of_a_pod_elsewhere_is_not_the_next_owners(EstablishedConnections mode, string way) =>
        Connect(mode, way, "shop/far", Pod("stranger", "stranger", "node2", "172.20.2.10"), "172.20.2.10", isAllowed: false);

    [Theory]
    [InlineData("delta")]
    [InlineData("restart")]
    public void A_connection_that_the_next_owner_may_have_is_judged_as_a_new_one(string way) =>
        Connect(EstablishedConnections.Keep, way, "shop/far", Pod("far-2", "far", "node2", "172.20.2.10"), "172.20.2.10", isAllowed: true);

    [Fact]
    public void A_connection_of_an_address_that_nobody_has_any_more_ends() =>
        Connect(EstablishedConnections.Keep, "delta", "shop/far", "", "172.20.2.10", isAllowed: false);

    [Theory]
    [InlineData("delta")]
    [InlineData("whole")]
    public void A_connection_of_a_pod_of_the_node_is_not_the_next_owners(string way) =>
        Connect(EstablishedConnections.Keep, way, "shop/api", Pod("stranger", "stranger", "node1", "172.20.1.11"), "172.20.1.11", isAllowed: false);

    [Fact]
    public void Addresses_that_stay_with_their_owner_and_those_of_nodes_are_left_alone()
    {
        PolicyEngine engine = new();
        engine.Apply(Worlds.Of(Policy).Manifests.Select(m => new Change.Upsert(m)));
        Delta relabelled = engine.Apply(Read(Pod("far", "other", "node2", "172.20.2.10")));
        Same([IpAddress.Parse("fd20:0:0:2::10")], relabelled, withNew: false);
        Delta policy = engine.Apply([new Change.Remove(new ObjectId("networking.k8s.io", "NetworkPolicy", "shop", "web"))]);
        Same([], policy, withNew: true);
        Delta onNode = engine.Apply(Read(Pod("far", "other", "node2", "192.0.2.2")));
        Same([IpAddress.Parse("172.20.2.10")], onNode, withNew: true);
        Delta more = engine.Apply(Read(Pod("more", "other", "node2", "172.20.2.20")));
        Same([], more, withNew: false);
        Same([IpAddress.Parse("172.20.2.20")], more, withNew: true);
        Delta less = engine.Apply([new Change.Remove(new ObjectId("", "Pod", "shop", "more"))]);
        Same([IpAddress.Parse("172.20.2.20")], less, withNew: false);
    }

    private static void Same(IpAddress[] addresses, Delta delta, bool withNew)
    {
        Assert.Equal(addresses, Ownership.Changed(delta, withNew));
        Assert.Equal(addresses, Ownership.Of(delta.Previous).ChangedTo(Ownership.Of(delta.Snapshot), withNew));
    }

    private static void Connect(EstablishedConnections mode, string way, string from, string successor, string address, bool isAllowed)
    {
        Kernel.RequireLab();
        EnforcementOptions options = new() { EstablishedConnections = mode };
        PolicyEngine engine = new();
        engine.Apply(Worlds.Of(Policy).Manifests.Select(m => new Change.Upsert(m)));
        Snapshot before = engine.Current;
        FlowRequest request = new() { From = from, To = "shop/web", Protocol = "TCP", Port = 8080 };
        LabWorld world = LabWorld.Of(before, new LabWorldOptions { Flows = [request] });
        Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
        using SocketLab lab = SocketLab.Build(world.Topology);
        string state = Directory.CreateTempSubdirectory("netpol-owners").FullName;
        try
        {
            using NftApplier applier = new(lab.Host("node1"));
            using ManagedHost host = new(new NftApplier(lab.Host("node1")), new StateStore(state));
            NodeRules rules = new(before, "node1", options);
            if (way == "restart")
            {
                host.Apply(rules.Ruleset, []);
            }
            else
            {
                applier.Apply(rules);
            }

            using LabConnection connection = lab.Open(mapping.Probes.Single());
            Assert.True(connection.Result.Passed && connection.Echo());
            using LabConnection? other = from == "shop/api" ? null : Other(lab, world, before);

            // Rules that stay keep their counts. The first packet may be judged before anything is asked here.
            ulong judged = Judged(applier);
            Delta delta = engine.Apply([new Change.Remove(new ObjectId("", "Pod", from.Split('/')[0], from.Split('/')[1])), .. Read(successor)]);
            switch (way)
            {
                case "delta":
                    Assert.Contains(IpAddress.Parse(address), applier.Apply(rules, delta).Resets);
                    break;
                case "whole":
                    Assert.Contains(IpAddress.Parse(address), applier.Apply(RulesetCompiler.Compile(delta.Snapshot, "node1", options)).Resets);
                    break;
                default:
                    using (ManagedHost next = new(new NftApplier(lab.Host("node1")), new StateStore(state)))
                    {
                        Assert.Contains(IpAddress.Parse(address), next.Apply(RulesetCompiler.Compile(delta.Snapshot, "node1", options), []).Resets);
                    }

                    break;
            }

            Assert.Equal(isAllowed, isAllowed ? Enumerable.Range(0, 10).Any(_ => connection.Echo()) : connection.Echo(Kernel.Silence));
            Assert.True(from == "shop/api" || Judged(applier) > judged);
            Assert.True(other?.Echo() ?? true);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static ulong Judged(NftApplier applier) => applier.Status().Packets.Where(p => !p.Key.StartsWith("netpol", StringComparison.Ordinal)).Aggregate(0ul, (sum, p) => sum + p.Value);

    // A connection of others, which goes on.
    private static LabConnection Other(SocketLab lab, LabWorld world, Snapshot snapshot)
    {
        FlowRequest request = new() { From = "shop/api", To = "shop/web", Protocol = "TCP", Port = 8080 };
        Assert.True(snapshot.TryResolve(request, out _, out _));
        Assert.True(world.TryMap(request, out LabMapping? mapping, out string? whyNot), whyNot);
        LabConnection connection = lab.Open(mapping.Probes.Single());
        Assert.True(connection.Result.Passed && connection.Echo());
        return connection;
    }

    private static IEnumerable<Change> Read(string yaml) => ManifestReader.Read(yaml, "change.yaml").Manifests.Select(m => new Change.Upsert(m));

    private static string Pod(string name, string app, string node, string address) => $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}, namespace: shop, labels: {app: {{{app}}}}}
        spec: {nodeName: {{{node}}}, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: {{{address}}}}]}
        """;
}
