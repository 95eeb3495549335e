using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Safety;

/// <summary>Names and texts of users end up in comments and log prefixes at most, and never as rules, even where nothing was validated.</summary>
[Collection("named namespaces")]
public sealed class InjectionTests
{
    private const string Marker = "gotcha";

    public static TheoryData<string> Texts() =>
    [
        $"x\\\" accept; }} table inet {Marker} {{ chain c {{ accept",
        $"x\\n}}\\ntable inet {Marker} {{\\n}}\\n",
        $"x\\r\\nflush ruleset # {Marker}",
        $"x' ; include '/etc/{Marker}",
        $"$(touch {Marker})`touch {Marker}`",
        $"\\\\\\\" {Marker} \\u0000\\u001b[31m",
        $"\\u202e{Marker}\\u2028\\u2029 ünïcödé 🙂",
        $"@{Marker} {{ a : b }} . c",
        new string('y', 300) + Marker,
        "",
        " ",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Hostile_texts_change_no_rule(string text)
    {
        CompiledRuleset harmless = Compile("harmless");
        CompiledRuleset hostile = Compile(text);
        string rendered = NftWriter.Write(hostile);
        foreach (string line in rendered.Split('\n'))
        {
            // Outside of comments and prefixes there is nothing that a user wrote.
            string[] parts = line.Split('"');
            Assert.True(parts.Length % 2 == 1, line);
            Assert.All(parts.Where((_, at) => at % 2 == 0), part => Assert.DoesNotContain(Marker, part, StringComparison.Ordinal));
            Assert.All(parts.Where((_, at) => at % 2 == 1), part => Assert.Matches("^[A-Za-z0-9 /._:#@+,*-]{0,127}$", part));
        }

        Assert.Single(NftRuleset.Parse(rendered).Tables);
        Assert.Equal(Shape(NftWriter.Write(harmless)), Shape(rendered));
    }

    [Fact]
    public void The_kernel_takes_hostile_texts_as_texts()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("inject");
        foreach (ITheoryDataRow row in Texts())
        {
            string text = (string)row.GetData()[0]!;
            NftApplier applier = new(place.Name);
            CompiledRuleset ruleset = Compile(text);
            applier.Apply(ruleset);
            Assert.Equal("table inet netpol\n", place.RunProcess("nft", ["list", "tables"]).ThrowIfFailed().Output);
            Assert.All(ruleset.RuleComments.Keys, comment => Assert.Contains(comment, applier.Status().Packets.Keys));
        }
    }

    private static CompiledRuleset Compile(string text) => RulesetCompiler.Compile(
        Worlds.Of($$$"""
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: "h {{{text}}}", labels: {role: ingress, note: "{{{text}}}"}, annotations: {note: "{{{text}}}"}}
            spec: {node: node1, interfaceName: eth0}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: "g {{{text}}}", annotations: {note: "{{{text}}}"}}
            spec:
              selector: role == 'ingress'
              types: [Ingress]
              ingress:
              - {action: Log, protocol: TCP, metadata: {annotations: {note: "{{{text}}}"} } }
              - {action: Allow, protocol: TCP, destination: {ports: [80]}, metadata: {annotations: {"{{{text}}}": "{{{text}}}"} } }
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: "n {{{text}}}", namespace: shop, labels: {note: "{{{text}}}"}}
            spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {note: "{{{text}}}"} } } ] } ] }
            """),
        "node1",
        new EnforcementOptions { LogGroup = 7 });

    // Names of rules' chains are hashes of what they say.
    private static string[] Shape(string text) =>
    [
        .. text.Split('\n').Select(line => string.Join(' ', line.Split('"').Where((_, at) => at % 2 == 0)))
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, "r_[0-9a-f]{12}", "r")).Order(StringComparer.Ordinal),
    ];
}
