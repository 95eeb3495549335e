using System.Globalization;
using System.Text;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>How rules are laid out, where another layout would decide the same and cost or risk more.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void A_denied_packet_meets_as_many_rules_under_a_thousand_policies_as_under_ten()
    {
        int few = RulesOfClass(10), many = RulesOfClass(1000);
        Assert.Equal(few, many);
        Assert.InRange(few, 2, 12);
    }

    [Fact]
    public void Single_ports_are_in_no_map_of_intervals()
    {
        RuleTable table = Compile(Policies(30)).Table;
        Assert.Contains(table.Maps, m => m.Name.StartsWith("m_in", StringComparison.Ordinal) && m.Elements.Count >= 30);
        Assert.DoesNotContain(table.Maps, m => m.IsInterval);
        Assert.All(table.Identities.Where(i => i.IsInterval), i => Assert.StartsWith("net", i.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void An_epoch_begins_in_a_transaction_of_its_own_and_what_is_out_of_use_goes_in_a_later_one()
    {
        Kernel.RequireLab();
        const string Ranges = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{protocol: UDP, port: 7000, endPort: 7999}, {protocol: TCP, port: 80}]}]}

            """;
        using Wire wire = new(Cluster.Inventory + Ranges);
        foreach (string next in (string[])[Cluster.Policy, Ranges, Cluster.Closed, Ranges, Ranges + "---\n" + Cluster.Unrelated])
        {
            NftPlan plan = wire.Put(next);
            NftStepKind[] kinds = [.. plan.Steps.Select(s => s.Kind)];
            Assert.Equal(kinds.Order(), kinds);
            foreach (NftStep step in plan.Steps.Where(s => s.Kind == NftStepKind.Epoch))
            {
                Assert.All(
                    step.Transaction.Operations,
                    o => Assert.True(o is RuleOperation.FlushChain or RuleOperation.AddRule or RuleOperation.AddChain, o.GetType().Name));
            }

            foreach (NftStep step in plan.Steps.Where(s => s.Kind != NftStepKind.Clean))
            {
                Assert.DoesNotContain(step.Transaction.Operations, o => o is RuleOperation.DeleteMap or RuleOperation.DeleteSet);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_refusal_is_told_in_the_family_and_protocol_of_the_packet(bool isSix)
    {
        Kernel.RequireLab();
        using Wire wire = new(Cluster.Inventory + Cluster.Policy, new EnforcementOptions { DenyAction = DenyAction.Reject });
        string api = isSix ? Cluster.Address6(Cluster.Api) : Cluster.Address(Cluster.Api), web = isSix ? Cluster.Address6(Cluster.Web) : Cluster.Address(Cluster.Web);
        int header = isSix ? 40 : 20;
        byte[] reset = Assert.Single(wire.Send(Cluster.Api, Packets.Tcp(api, web, 4000, 81, Packets.Syn)), a => a.At == Cluster.Api).Ip;
        Assert.Equal((6, 0x14), (reset[isSix ? 6 : 9], reset[header + 13]));
        byte[] error = Assert.Single(wire.Send(Cluster.Api, Packets.Udp(api, web, 4000, 81)), a => a.At == Cluster.Api).Ip;
        Assert.Equal(isSix ? (58, 1, 1) : (1, 3, 13), (error[isSix ? 6 : 9], error[header], error[header + 1]));
    }

    private static int RulesOfClass(int policies)
    {
        RuleTable table = Compile(Policies(policies)).Table;
        return Assert.Single(table.Chains, c => c.Name.StartsWith("in_", StringComparison.Ordinal) && c.Name[3..].All(char.IsAsciiDigit)).Rules.Count;
    }

    private static string Policies(int count)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p{{{i}}}, namespace: shop}
                spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: api}} }], ports: [{port: {{{1000 + i}}} }]}]}

                """);
        }

        return text.ToString();
    }

    private static CompiledRuleset Compile(string policies)
    {
        ManifestReadResult read = ManifestReader.Read(Cluster.Inventory + policies, "world.yaml");
        Assert.False(read.HasErrors);
        return RulesetCompiler.Compile(Snapshot.Of(read.Manifests), Cluster.Node);
    }
}
