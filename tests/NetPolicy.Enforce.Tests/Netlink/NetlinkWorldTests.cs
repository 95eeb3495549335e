using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>Both writers on what clusters compile to.</summary>
public sealed class NetlinkWorldTests
{
    private static readonly SortedDictionary<string, WorldShape> s_shapes = new(StringComparer.Ordinal)
    {
        ["kubernetes"] = WorldShape.KubernetesOnly,
        ["mixed"] = WorldShape.Mixed,
        ["hosts"] = WorldShape.HostEndpoints,
        ["tiers of all"] = WorldShape.HostEndpoints with { Cluster = true },
    };

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rules_of_generated_clusters_are_loaded_alike_and_read_back(string shape)
    {
        Kernel.RequireLab();
        int count = int.TryParse(Environment.GetEnvironmentVariable("NETPOLICY_LAW_WORLDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 2;
        int compared = 0;
        for (ulong seed = 77; seed < 77 + (ulong)count; seed++)
        {
            Case @case = Any.Make(seed, s_shapes[shape], 1);
            Snapshot snapshot = Snapshot.Of(@case.World.Manifests, (@case.Choices with { HostInputDrops = false }).ToEngine());
            foreach (string node in Nodes(snapshot))
            {
                foreach (int maxElements in (ReadOnlySpan<int>)[EnforcementOptions.Default.MaxTableElements, 0])
                {
                    compared += Compare(snapshot, node, maxElements);
                }
            }
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("edge")]
    public void Rules_of_samples_are_loaded_alike_and_read_back(string sample)
    {
        Kernel.RequireLab();
        string text = string.Join("\n---\n", Directory.GetFiles(Path.Combine(Root, "samples", sample), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        ManifestReadResult read = ManifestReader.Read(text, sample);
        Assert.DoesNotContain(read.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        Snapshot snapshot = Snapshot.Of(read.Manifests);
        Assert.True(Nodes(snapshot).Sum(n => Compare(snapshot, n, EnforcementOptions.Default.MaxTableElements) + Compare(snapshot, n, 0)) > 0);
    }

    private static IEnumerable<string> Nodes(Snapshot snapshot) => LabWorld.Of(snapshot, new LabWorldOptions { Flows = [] }).Topology.Nodes.Select(n => n.Name);

    private static string Root { get; } = FindRoot();

    private static int Compare(Snapshot snapshot, string node, int maxElements)
    {
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, new EnforcementOptions { MaxTableElements = maxElements });
        if (ruleset.HasErrors)
        {
            return 0;
        }

        Tables.AssertSame(ruleset.Table.Resolve(3, 2, 1));
        return 1;
    }

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
