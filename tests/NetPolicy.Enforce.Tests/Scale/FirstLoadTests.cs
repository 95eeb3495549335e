using System.Diagnostics;
using System.Globalization;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using Xunit;

namespace NetPolicy.Enforce.Tests.Scale;

/// <summary>What the first load of a large node costs. Limits are wide: machines of tests are busy.</summary>
public sealed class FirstLoadTests
{
    [Theory]
    [InlineData(500, 9500, 1000, 10)]
    [InlineData(500, 249500, 2000, 10)]
    public void A_large_node_is_compiled_in_less_than_seconds_and_proven(int local, int remote, int policies, int rules)
    {
        PolicyEngine engine = new();
        Stopwatch watch = Stopwatch.StartNew();
        engine.Apply(LargeNode.Documents(local, remote, policies, rules).Select(m => new Change.Upsert(m)));
        Say($"engine {watch.ElapsedMilliseconds} ms");
        for (int i = 0; i < 2; i++)
        {
            watch.Restart();
            CompiledRuleset ruleset = RulesetCompiler.Compile(engine.Current, LargeNode.Node);
            long compiled = watch.ElapsedMilliseconds;
            string text = NftWriter.Write(ruleset);
            Say($"compiled in {compiled} ms, written in {watch.ElapsedMilliseconds - compiled} ms: {ruleset.Classes.Count} classes, {ruleset.Identities.Count} identities, {ruleset.Table.Maps.Sum(m => m.Elements.Count)} elements, {ruleset.Table.Chains.Count} chains, {text.Length / 1024} KiB");
            Assert.True(ruleset.Classes.Count is > 20 and < 60);
        }

        watch.Restart();
        TranslationReport report = TranslationCheck.Check(engine.Current, RulesetCompiler.Compile(engine.Current, LargeNode.Node), most: 20_000);
        Say($"{report.Tried} of {report.Cells} cells proven in {watch.ElapsedMilliseconds} ms");
        Assert.Empty(report.Differences);
        
        // And the ways of each workload.
        Assert.InRange(report.Tried, 10_000, 40_000);
    }

    private static void Say(FormattableString text) => TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
