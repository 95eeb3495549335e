using NetPolicy.Analysis;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>What lint says of the reference scenarios: exactly the ids listed, each as often as listed.</summary>
public sealed class LintScenarioTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("functions/cluster.yaml functions/policies/functions.yaml", "")]
    [InlineData("three-tier/cluster.yaml three-tier/policies/three-tier.yaml", "")]
    [InlineData("tenants/cluster.yaml tenants/policies/1-deny-egress.yaml", "NP3005 NP3005")]
    [InlineData("tenants/cluster.yaml tenants/policies/2-hole.yaml", "NP3005 NP3005")]
    [InlineData("tenants/cluster.yaml tenants/policies/3-wide.yaml", "NP3005 NP3005")]
    [InlineData("tenants/cluster.yaml tenants/policies/4-tight.yaml", "NP3005 NP3005")]
    [InlineData("zero-trust/cluster.yaml zero-trust/policies/1-default-deny.yaml", "")]
    [InlineData("zero-trust/cluster.yaml zero-trust/policies/2-busybox-egress.yaml", "")]
    [InlineData("zero-trust/cluster.yaml zero-trust/policies/zero-trust.yaml", "")]
    [InlineData("zero-trust/cluster.yaml zero-trust/policies/draft.yaml", "")]
    [InlineData("host-endpoints/cluster.yaml host-endpoints/policies/host-endpoints.yaml", "NP3009 NP3010 NP3011 NP3012")]
    [InlineData("host-endpoints/cluster.yaml host-endpoints/policies/open.yaml", "NP3009 NP3010 NP3012")]
    [InlineData("host-endpoints/variants/node2/expectations.yaml host-endpoints/cluster.yaml host-endpoints/policies/host-endpoints.yaml", "NP3009 NP3010 NP3011 NP3012")]
    [InlineData("host-endpoints/cluster.yaml host-endpoints/policies/ports.yaml", "NP3009 NP3010 NP3011 NP3012")]
    [InlineData("functions/variants/unlabelled-kube-system", "NP3001")]
    [InlineData("three-tier/variants/service-ports", "NP3004 NP3004")]
    [InlineData("tenants/variants/service-port", "NP3004 NP3004 NP3005 NP3005")]
    [InlineData("tenants/variants/new-release", "NP3005 NP3005 NP3006")]
    [InlineData("zero-trust/variants/hosts-locked-out", "NP3007 NP3012")]
    [InlineData("zero-trust/variants/untyped", "NP3008")]
    [InlineData("host-endpoints/variants/wrong-label", "NP3003 NP3003 NP3010 NP3011")]
    public void Finds_in_scenarios_what_is_there_and_nothing_else(string paths, string ids)
    {
        Snapshot snapshot = Read(paths.Split(' '));
        IReadOnlyList<Diagnostic> findings = Lint.Run(snapshot);
        foreach (Diagnostic finding in findings)
        {
            output.WriteLine($"{finding.Id} {finding.Path}: {finding.Message} [{finding.Witness?.From} to {finding.Witness?.To}]");
        }

        Assert.Equal(ids, string.Join(' ', findings.Select(f => f.Id).Order(StringComparer.Ordinal)));
    }

    internal static Snapshot Read(IEnumerable<string> paths)
    {
        ManifestReadResult read = ManifestReader.ReadPaths(paths.Select(p => Path.Combine(Scenarios, p)));
        Assert.DoesNotContain(read.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        return Snapshot.Of(read.Manifests.Where(m => m is not ExpectationManifest));
    }

    private static string Scenarios => Path.Combine(Root, "scenarios");

    internal static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "NetPolicy.sln")))
            {
                folder = folder.Parent;
            }

            return folder.FullName;
        }
    }
}
