using System.Net;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Lab;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>The simulator and the kernel give real packets the same fate, rule by rule.</summary>
public sealed class KernelPacketTests
{
    private static readonly byte[] Protocols = [6, 6, 17, 17, 132, 1, 58, 47, 50];
    private static readonly ushort[] Ports = [22, 53, 80, 81, 443, 8080, 9100];
    private static readonly (LabSource Source, string[] Addresses)[] Ends =
    [
        (Labs.A, ["10.1.0.1", "fd00:1::1"]),
        (Labs.B, ["10.1.0.2", "fd00:1::2"]),
        (Labs.Internet, ["203.0.113.9", "2001:db8:ffff::9"]),
        (Labs.Host, ["192.0.2.1", "2001:db8:1::1"]),
    ];

    public KernelPacketTests() => Kernel.RequireLab();

    [Theory]
    [InlineData("prerouting", "p", 1)]
    [InlineData("forward", "f", 2)]
    [InlineData("postrouting", "q", 3)]
    [InlineData("input", "i", 4)]
    [InlineData("output", "o", 5)]
    public void Every_match_of_the_catalogue_counts_the_packets_that_the_kernel_counts(string hook, string prefix, int seed)
    {
        string text = MatchCatalogue.Counting((hook, prefix));
        using PacketLab lab = PacketLab.Build(Labs.Small());
        LabWorld world = new(lab.Topology);

        // What the host receives it may answer, and answers would be counted where packets leave.
        LabProbe[] probes = [.. Probes(seed, 400).Where(probe => hook is "input" or "prerouting" or "forward" || !IsLocal(probe, world))];
        LabProbe[] withPorts = [.. probes.Where(probe => probe.SourcePort is not null)];

        int met = AssertCountedAlike(lab, world, text, prefix, withPorts, rule => true);
        AssertCountedAlike(lab, world, text, prefix, probes, rule => !rule.Text.Contains("th ", StringComparison.Ordinal) && !rule.Text.Contains("@th", StringComparison.Ordinal));
        Assert.True(met > 50, $"only {met} matches are met by any packet");
    }

    [Fact]
    public void The_layout_and_its_mutations_decide_as_the_kernel_does()
    {
        string text = Adapted();
        using PacketLab lab = PacketLab.Build(Labs.Small());
        LabWorld world = new(lab.Topology);
        LabProbe[] probes = [.. Probes(11, 500)];
        List<string> verdicts = [];
        foreach ((string name, string ruleset) in Variants(text))
        {
            lab.LoadRuleset(ruleset);
            IReadOnlyList<LabResult> results = lab.Run(probes);
            List<WalkOutcome> outcomes = world.Run(new NftMachine(NftRuleset.Parse(ruleset)), probes);
            for (int index = 0; index < probes.Length; index++)
            {
                WalkOutcome outcome = outcomes[index];
                Assert.True(
                    results[index].Passed == (outcome.Verdict == NftVerdict.Accept),
                    $"{name}: {probes[index].Id}: kernel {results[index].Verdict}, simulator {outcome.Verdict} at {outcome.DroppedAt} by {outcome.NamedRule}");
            }

            verdicts.Add(string.Concat(results.Select(result => result.Passed ? 'p' : 'd')));
        }

        Assert.Contains('p', verdicts[0]);
        Assert.Contains('d', verdicts[0]);
        int changing = verdicts.Count(verdict => verdict != verdicts[0]);
        Assert.True(changing >= 15, $"only {changing} mutations change a verdict");
    }

    private static IEnumerable<(string Name, string Text)> Variants(string text) =>
        RulesetMutator.Mutations(text, 12).Take(120).Select(mutation => (mutation.ToString(), mutation.Text)).Prepend(("original", text));

    /// <summary>The layout with the lab's addresses and interfaces.</summary>
    private static string Adapted() => SimulatedRuleset.Read("layout.nft")
        .Replace("10.65.0.2", "10.1.0.1", StringComparison.Ordinal).Replace("10.65.0.3", "10.1.0.2", StringComparison.Ordinal)
        .Replace("10.65.0.0/24", "10.1.0.0/24", StringComparison.Ordinal).Replace("10.64.255.255", "10.0.255.255", StringComparison.Ordinal).Replace("10.65.1.0", "10.1.1.0", StringComparison.Ordinal)
        .Replace("fd00:65::2", "fd00:1::1", StringComparison.Ordinal).Replace("fd00:65::3", "fd00:1::2", StringComparison.Ordinal)
        .Replace("fd00:65::/64", "fd00:1::/64", StringComparison.Ordinal).Replace("fd00:65:0:1::", "fd00:1:0:1::", StringComparison.Ordinal).Replace("fd00:64:", "fd00:0:", StringComparison.Ordinal)
        .Replace("cali-a", "cali00000001", StringComparison.Ordinal).Replace("cali-b", "cali00000002", StringComparison.Ordinal)
        .Replace("198.51.100.0/24", "203.0.113.0/24", StringComparison.Ordinal).Replace("198.51.99.255", "203.0.112.255", StringComparison.Ordinal).Replace("198.51.101.0", "203.0.114.0", StringComparison.Ordinal)
        .Replace("ip saddr 203.0.113.0/24 counter drop", "ip saddr 198.51.100.0/24 counter drop", StringComparison.Ordinal);

    private static bool IsLocal(LabProbe probe, LabWorld world) => world.Host.Route(new PacketState(world.PacketOf(probe))).IsLocal;

    /// <summary>Sends the probes through both, compares the counters, and says how many are above zero.</summary>
    private static int AssertCountedAlike(PacketLab lab, LabWorld world, string text, string chain, LabProbe[] probes, Func<NftRule, bool> isKnown)
    {
        lab.LoadRuleset(text);
        lab.Run(probes);
        IReadOnlyDictionary<string, ulong> counted = lab.ReadCounters();
        NftMachine machine = new(NftRuleset.Parse(text));
        world.Run(machine, probes);
        NftRule[] rules = [.. machine.Ruleset.FindChain("catalogue", chain)!.Rules.Where(rule => rule.Comment is not null)];
        Assert.Equal(MatchCatalogue.Matches.Count, rules.Length);
        Assert.Equal([], rules.Where(isKnown)
            .Select(rule => (rule.Text, Kernel: (long)counted[rule.Comment!], Simulator: machine.CounterOf(rule).Packets))
            .Where(one => one.Kernel != one.Simulator)
            .Select(one => $"{one.Text}: kernel {one.Kernel}, simulator {one.Simulator}"));
        return rules.Count(rule => machine.CounterOf(rule).Packets > 0);
    }

    private static IEnumerable<LabProbe> Probes(int seed, int count)
    {
        Random random = new(seed);
        for (int index = 0; index < count; index++)
        {
            (LabSource source, string[] own) = Ends[random.Next(Ends.Length)];
            (_, string[] target) = Ends[random.Next(Ends.Length)];
            int family = random.Next(3) == 0 ? 1 : 0;
            byte protocol = Protocols[random.Next(Protocols.Length)];
            bool isIcmp = protocol == (family == 0 ? 1 : 58);
            if (own == target || (protocol is 1 or 58 && !isIcmp))
            {
                continue;
            }

            ushort port = Ports[random.Next(Ports.Length)];
            yield return new LabProbe($"{index} {source.Name} > {target[family]} {protocol}/{port}", source, IPAddress.Parse(target[family]), protocol, port)
            {
                SourcePort = protocol is 6 or 17 or 132 ? (ushort)(20000 + index) : null,
            };
        }
    }
}
