using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Enforce.Tests.Compilation;

/// <summary>Counters of staged policies against the engine with staged policies enforced, in generated worlds.</summary>
public sealed class StagedCountTests(ITestOutputHelper output)
{
    [Fact]
    public void Packets_are_counted_under_the_staged_rule_that_would_decide_them()
    {
        int counted = 0, tried = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            Case @case = Any.Make(seed, WorldShape.CalicoOnly with { Http = false }, 0);
            if (@case.World.Manifests.Any(HasSourcePorts))
            {
                continue;
            }

            EngineOptions options = @case.Choices.ToEngine() with { Staged = StagedMode.Ignored };
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, options), pending = Snapshot.Of(@case.World.Manifests, options with { Staged = StagedMode.AsEnforced });
            foreach (string node in snapshot.Cluster.Nodes.Select(n => n.Name))
            {
                CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node);
                if (ruleset.HasErrors)
                {
                    continue;
                }

                NftRuleset rules = NftRuleset.Parse(NftWriter.Write(ruleset));
                NftMachine machine = new(rules);
                foreach (EndpointClass @class in ruleset.Classes.Where(c => c.Stage == PolicyStage.Normal && !c.IsOrdered && c.Members.All(m => m.IsWorkload && m.Addresses.Count == 1)))
                {
                    NftChain chain = rules.Tables[0].Chains.Single(c => c.Name == @class.Chain + "_1");
                    Endpoint own = @class.Members[0];
                    foreach (Endpoint peer in snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && e.Name != own.Name && e.Addresses.Count == 1 && e.Addresses[0].Family == own.Addresses[0].Family))
                    {
                        if (snapshot.Cluster.Endpoints.Any(e => e.Name != peer.Name && e.Name != own.Name && (e.Addresses.Contains(peer.Addresses[0]) || e.Addresses.Contains(own.Addresses[0]))))
                        {
                            continue;
                        }

                        foreach (int port in (int[])[80, 443, 8080])
                        {
                            string? expected = Pending(pending, own, peer, @class.Direction, port);
                            string? found = Count(machine, chain, ruleset, own.Addresses[0], peer.Addresses[0], @class.Direction, port);
                            Assert.True(
                                expected == found,
                                string.Create(CultureInfo.InvariantCulture, $"world {seed} {node} {@class.Chain} {own.Name} and {peer.Name} port {port}: counted under `{found}`, expected `{expected}`"));
                            tried++;
                            counted += found is null ? 0 : 1;
                        }
                    }
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried} packets, {counted} counted under staged policies"));
        Assert.True(counted > 50, $"{counted} of {tried}");
    }

    private static string? Pending(Snapshot pending, Endpoint own, Endpoint peer, Direction direction, int port)
    {
        (Endpoint from, Endpoint to) = direction == Direction.Ingress ? (peer, own) : (own, peer);
        FlowRequest request = new() { From = from.Addresses[0].ToString(), To = to.Addresses[0].ToString(), Protocol = "TCP", Port = port, SourcePort = 47_123 };
        Assert.True(pending.TryResolve(request, out Flow flow, out string? error), error);
        Evaluation answer = pending.Evaluate(flow);
        EndDecision decision = direction == Direction.Ingress ? answer.Ingress : answer.Egress;
        return decision.Rule is { } rule
            ? IsStaged(rule.Source) ? Name(rule.Source, rule.Index) : null
            : decision is { Reason: DecisionReason.Isolated, By: { } by } && IsStaged(by) ? Name(by, -1) : null;
    }

    private static string? Count(NftMachine machine, NftChain chain, CompiledRuleset ruleset, IpAddress own, IpAddress peer, Direction direction, int port)
    {
        (IpAddress from, IpAddress to) = direction == Direction.Ingress ? (peer, own) : (own, peer);
        PacketState state = PacketState.Tracked(
            new Packet
            {
                Family = own.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
                Source = from.Value,
                Destination = to.Value,
                Protocol = 6,
                SourcePort = 47_123,
                DestinationPort = (ushort)port,
            },
            ConntrackState.New);
        IEnumerable<RuleOrigin> staged = machine.RunChain(chain, Hook.Forward, state).NamedRules
            .Select(r => ruleset.RuleComments.GetValueOrDefault(r.Comment!)).OfType<RuleOrigin>().Where(o => (o.Rule?.Source ?? o.By) is { } source && IsStaged(source));
        return staged.Select(o => o.Rule is { } rule ? Name(rule.Source, rule.Index) : Name(o.By!, -1)).SingleOrDefault();
    }

    // A program with such staged rules counts none.
    private static bool HasSourcePorts(Manifest manifest) => manifest is CalicoPolicyManifest { IsStaged: true, Spec: { } spec }
        && (IEnumerable<CalicoRule>)[.. spec.Ingress ?? default, .. spec.Egress ?? default] is var rules
        && rules.Any(r => (r.Source?.Ports ?? r.Source?.NotPorts) is not null);

    private static bool IsStaged(Manifest manifest) => manifest is StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest { IsStaged: true };

    private static string Name(Manifest manifest, int rule) => string.Create(CultureInfo.InvariantCulture, $"{manifest.Id} {rule}");
}
