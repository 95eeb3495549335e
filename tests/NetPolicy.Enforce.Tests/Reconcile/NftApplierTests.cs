using System.Text.RegularExpressions;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

[Collection("named namespaces")]
public sealed class NftApplierTests
{
    [Fact]
    public void Applying_twice_changes_nothing_and_keeps_counters()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        NftApplier applier = new(place.Name);
        CompiledRuleset ruleset = Compile("kubernetes");

        Assert.Equal(1, applier.Apply(ruleset).Generation);
        string rule = ruleset.Table.Chains.AsEnumerable().First(c => c.Name.StartsWith("r_", StringComparison.Ordinal)).Name;
        place.RunProcess("nft", ["add", "rule", "inet", "netpol", rule, "counter", "packets", "7", "bytes", "7", "comment", "\"mine\""]).ThrowIfFailed();
        string[] before = Objects(place);
        Assert.Empty(applier.Apply(ruleset).Steps);

        NftStatus status = applier.Status();
        Assert.True(status.IsInstalled);
        Assert.Equal(1, status.Generation);
        Assert.Equal(7u, status.Packets["mine"]);
        Assert.All(ruleset.RuleComments.Keys, comment => Assert.Contains(comment, status.Packets.Keys));
        Assert.Equal(before, Objects(place));
    }

    [Fact]
    public void A_ruleset_that_another_applier_loaded_is_replaced_and_keeps_the_counters_of_its_rules()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        CompiledRuleset ruleset = Compile("kubernetes");
        new NftApplier(place.Name).Apply(ruleset);
        string rule = ruleset.Table.Chains.AsEnumerable().First(c => c.Name.StartsWith("r_", StringComparison.Ordinal)).Name;
        place.RunProcess("nft", ["add", "rule", "inet", "netpol", rule, "counter", "packets", "7", "bytes", "7", "comment", "\"mine\""]).ThrowIfFailed();
        string[] before = Objects(place);
        NftApplier applier = new(place.Name);

        Assert.Equal(2, applier.Apply(ruleset).Generation);
        Assert.Equal(7u, applier.Status().Packets["mine"]);
        Assert.Equal(before.Select(Unversioned).Order(), Objects(place).Select(Unversioned).Order());
    }

    [Theory]
    [InlineData("empty", "host-all")]
    [InlineData("host-all", "empty")]
    [InlineData("host", "host-reject")]
    [InlineData("kubernetes", "ordered")]
    [InlineData("ordered", "calico")]
    public void A_change_ends_with_what_a_fresh_machine_would_have_and_keeps_base_chains(string from, string to)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        using NetworkNamespace fresh = NetworkNamespace.CreateNamed("apply");
        NftApplier applier = new(place.Name);
        applier.Apply(Compile(from));
        NftPlan plan = applier.Apply(Compile(to));
        new NftApplier(fresh.Name).Apply(Compile(to));

        Assert.NotEmpty(plan.Steps);
        Assert.Equal(Objects(fresh).Select(Unversioned).Order(), Objects(place).Select(Unversioned).Order());
    }

    [Fact]
    public void What_an_interrupted_change_left_is_cleared()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        NftApplier applier = new(place.Name);
        applier.Apply(Compile("kubernetes"));
        NftPlan plan = applier.Plan(Compile("ordered"));
        foreach (string script in plan.Steps.Zip(plan.Scripts).Where(s => s.First.Kind == NftStepKind.Prepare).Select(s => s.Second))
        {
            place.RunProcess("nft", ["-f", "-"], script).ThrowIfFailed();
        }

        Assert.Equal(1, applier.Status().Generation);
        applier.Apply(Compile("host"));
        Assert.DoesNotContain(Objects(place), o => o.Contains("_1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_of_somebody_else_is_left_alone()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        place.RunProcess("nft", ["add", "table", "inet", "netpol"]).ThrowIfFailed();
        NftApplier applier = new(place.Name);

        Assert.Throws<NftException>(() => applier.Apply(Compile("empty")));
        Assert.Throws<NftException>(() => applier.Uninstall());
        Assert.False(applier.Status().IsInstalled);
    }

    [Fact]
    public void Uninstalling_takes_the_table_away_and_nothing_else()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("apply");
        place.RunProcess("nft", ["add", "table", "ip", "theirs"]).ThrowIfFailed();
        NftApplier applier = new(place.Name);
        applier.Apply(Compile("host"));

        Assert.True(applier.Uninstall());
        Assert.False(applier.Uninstall());
        Assert.Equal("table ip theirs\n", place.RunProcess("nft", ["list", "tables"]).ThrowIfFailed().Output);
    }

    [Fact]
    public void A_refusal_names_command_output_and_input()
    {
        Kernel.RequireLab();
        NftException refusal = Assert.Throws<NftException>(() => new NftApplier("netpol-lab-no-such-namespace").Status());
        Assert.Contains("netpol-lab-no-such-namespace", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ruleset_that_enforces_less_than_policy_says_is_refused()
    {
        CompiledRuleset ruleset = RulesetCompiler.Compile(Worlds.Of(""), "elsewhere");
        Assert.True(ruleset.HasErrors);
        Assert.Throws<ArgumentException>(() => new NftApplier().Apply(ruleset));
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));

    private static string Unversioned(string part) => Regex.Replace(part, "_[0-9]+ \\{$", " {");

    private static string[] Objects(NetworkNamespace place) =>
    [
        .. place.RunProcess("nft", ["-t", "list", "table", "inet", "netpol"]).ThrowIfFailed().Output.Split('\n')
            .Where(l => l.EndsWith('{') && l.StartsWith('\t')),
    ];
}
