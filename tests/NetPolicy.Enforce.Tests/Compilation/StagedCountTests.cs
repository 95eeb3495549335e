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
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_are_counted_under_the_staged_rule_that_would_decide_them(bool inOrder)
    {
        int counted = 0, tried = 0;
        EnforcementOptions rendering = inOrder ? new EnforcementOptions { MaxTableElements = 0 } : EnforcementOptions.Default;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            Case @case = Any.Make(seed, WorldShape.CalicoOnly with { Http = false }, 0);
            EngineOptions options = @case.Choices.ToEngine() with { Staged = StagedMode.Ignored };
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, options), pending = Snapshot.Of(@case.World.Manifests, options with { Staged = StagedMode.AsEnforced });
            foreach (string node in snapshot.Cluster.Nodes.Select(n => n.Name))
            {
                CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, rendering);
                if (ruleset.HasErrors)
                {
                    continue;
                }

                NftRuleset rules = NftRuleset.Parse(NftWriter.Write(ruleset));
                NftMachine machine = new(rules);
                foreach (EndpointClass @class in ruleset.Classes.Where(c => c.Stage == PolicyStage.Normal && c.Members.All(m => m.IsWorkload && m.Addresses.Count == 1)))
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Staged_policies_change_no_verdict_of_any_stage(bool inOrder)
    {
        EnforcementOptions rendering = inOrder ? new EnforcementOptions { MaxTableElements = 0 } : EnforcementOptions.Default;
        int tried = 0, counted = 0;
        for (ulong seed = 1; seed <= 120; seed++)
        {
            Case @case = Any.Make(seed, WorldShape.EnforceableCluster, 0);
            EngineOptions options = @case.Choices.ToEngine() with { Staged = StagedMode.Ignored };
            Snapshot staged = Snapshot.Of(@case.World.Manifests, options), plain = Snapshot.Of(@case.World.Manifests.Where(m => !IsStaged(m)), options);
            foreach (string node in staged.Cluster.Nodes.Select(n => n.Name))
            {
                CompiledRuleset with = RulesetCompiler.Compile(staged, node, rendering), without = RulesetCompiler.Compile(plain, node, rendering);
                if (with.HasErrors || without.HasErrors || with.Classes.Count == 0)
                {
                    continue;
                }

                NftMachine left = new(NftRuleset.Parse(NftWriter.Write(with))), right = new(NftRuleset.Parse(NftWriter.Write(without)));
                foreach (EndpointClass @class in with.Classes)
                {
                    // Numbers of classes differ from one to the other: they are known by whom they judge.
                    // One that only counts is not there without them.
                    EndpointClass? same = without.Classes.SingleOrDefault(c => c.Stage == @class.Stage && c.Direction == @class.Direction && c.Members.Any(m => m.Name == @class.Members[0].Name)
                        && c.Chain.Split('_')[0] == @class.Chain.Split('_')[0] && (@class.Members[0].IsWorkload || c.Members[0].Name == @class.Members[0].Name));
                    foreach ((IpAddress from, IpAddress to, int port) in Packets(staged, @class))
                    {
                        PacketState mine = StateOf(from, to, port), theirs = StateOf(from, to, port);
                        ChainOutcome one = left.RunChain(Chain(left, @class), Hook.Forward, mine);
                        ChainOutcome? other = same is null ? null : right.RunChain(Chain(right, same), Hook.Forward, theirs);
                        Assert.True(
                            (one.Verdict, mine.Mark, mine.State, mine.Connection?.Mark) == (other?.Verdict ?? NftVerdict.Accept, theirs.Mark, theirs.State, theirs.Connection?.Mark),
                            $"world {seed} {node} {@class.Chain}: {one.Verdict} with staged policies, {other?.Verdict ?? NftVerdict.Accept} without");
                        tried++;
                        counted += one.NamedRules.Count > (other?.NamedRules.Count ?? 0) ? 1 : 0;
                    }
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried} packets, {counted} counted under staged policies"));
        Assert.True(counted > 50, $"{counted} of {tried}");
    }

    private static NftChain Chain(NftMachine machine, EndpointClass @class) => machine.Ruleset.Tables[0].Chains.Single(c => c.Name == @class.Chain + "_1");

    private static IEnumerable<(IpAddress From, IpAddress To, int Port)> Packets(Snapshot snapshot, EndpointClass @class)
    {
        Endpoint own = @class.Members[0];
        foreach (IpAddress address in own.Addresses.Take(2))
        {
            foreach (IpAddress peer in snapshot.Cluster.Endpoints.Where(e => e.Name != own.Name).SelectMany(e => e.Addresses).Where(a => a.Family == address.Family).Take(6))
            {
                (IpAddress from, IpAddress to) = @class.Direction == Direction.Ingress ? (peer, address) : (address, peer);
                foreach (int port in (int[])[80, 443, 8080])
                {
                    yield return (from, to, port);
                }
            }
        }
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
        PacketState state = StateOf(from, to, port);
        IEnumerable<RuleOrigin> staged = machine.RunChain(chain, Hook.Forward, state).NamedRules
            .Select(r => ruleset.RuleComments.GetValueOrDefault(r.Comment!)).OfType<RuleOrigin>().Where(o => (o.Rule?.Source ?? o.By) is { } source && IsStaged(source));
        return staged.Select(o => o.Rule is { } rule ? Name(rule.Source, rule.Index) : Name(o.By!, -1)).SingleOrDefault();
    }

    private static PacketState StateOf(IpAddress from, IpAddress to, int port) => PacketState.Tracked(
        new Packet
        {
            Family = from.Family == IpFamily.IPv6 ? PacketFamily.IPv6 : PacketFamily.IPv4,
            Source = from.Value,
            Destination = to.Value,
            Protocol = 6,
            SourcePort = 47_123,
            DestinationPort = (ushort)port,
        },
        ConntrackState.New);

    private static bool IsStaged(Manifest manifest) => manifest is StagedKubernetesNetworkPolicyManifest or CalicoPolicyManifest { IsStaged: true };

    private static string Name(Manifest manifest, int rule) => string.Create(CultureInfo.InvariantCulture, $"{manifest.Id} {rule}");
}
