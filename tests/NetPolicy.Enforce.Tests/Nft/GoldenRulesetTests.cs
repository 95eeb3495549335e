using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Compilation;
using Xunit;

namespace NetPolicy.Enforce.Tests.Nft;

/// <summary>Rulesets as they were reviewed: <c>tests/golden/ruleset/CASE</c>. <c>NETPOLICY_UPDATE_GOLDEN=1</c> writes them anew.</summary>
public sealed class GoldenRulesetTests
{
    public static TheoryData<string> Cases => [.. PolicyCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_text_is_the_one_that_was_reviewed(string name)
    {
        string text = NftWriter.Write(RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name)));
        string folder = Path.Combine(Root, "tests", "golden", "ruleset", name);
        if (Environment.GetEnvironmentVariable("NETPOLICY_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "input.yaml"), Worlds.Inventory + PolicyCases.All[name] + "\n");
            File.WriteAllText(Path.Combine(folder, "node1.nft"), text);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(folder, "input.yaml")), Worlds.Inventory + PolicyCases.All[name] + "\n");
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "node1.nft")), text);
        Assert.NotEmpty(NftRuleset.Parse(text).Tables);
    }

    [Fact]
    public void Equal_input_gives_equal_text_whatever_order_it_is_read_in()
    {
        foreach (string policies in PolicyCases.All.Values)
        {
            string[] documents = (Worlds.Inventory + policies).Split("\n---\n");
            string reversed = string.Join("\n---\n", documents.Reverse());
            Assert.Equal(
                NftWriter.Write(RulesetCompiler.Compile(Worlds.Of(policies), "node1")), NftWriter.Write(RulesetCompiler.Compile(Worlds.Read(reversed), "node1")));
        }
    }

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "NetPolicy.sln")))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? throw new InvalidOperationException("no NetPolicy.sln above the test");
    }
}
