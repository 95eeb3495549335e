using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Collections;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Kubernetes;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>Kubernetes' own connectivity tables, as real packets through rendered rules.</summary>
public sealed class KubernetesConformanceTests(ITestOutputHelper output)
{
    private static readonly string s_folder = Repository.PathOf("tests", "corpus", "kubernetes-e2e");

    [Fact]
    public void Every_table_holds_in_the_kernel_as_it_is_written()
    {
        Kernel.RequireLab();
        Assert.Equal(72, Hold(static expectation => expectation));
    }

    [Fact] // Tables without address blocks say the same of a cluster that speaks IPv6 only.
    public void Every_table_without_address_blocks_holds_in_the_kernel_in_IPv6()
    {
        Kernel.RequireLab();
        int tables = Hold(static expectation => expectation.Cluster != "cluster.yaml" ? null : expectation with
        {
            Cluster = "cluster-ipv6.yaml",
            Checks = expectation.Checks.Select(check => check with { IpFamily = IpFamily.IPv6 }).ToEquatableArray(),
        });
        Assert.InRange(tables, 50, 72);
    }

    private int Hold(Func<ExpectationManifest, ExpectationManifest?> adapt)
    {
        int tables = 0, flows = 0;
        foreach (string file in Directory.EnumerateFiles(s_folder, "*-*.yaml").Order(StringComparer.Ordinal))
        {
            IReadOnlyList<Manifest> documents = Repository.Read(file);
            if (documents.OfType<ExpectationManifest>().SingleOrDefault() is not { } written
                || adapt(written) is not { } expectation
                || (expectation != written && documents.Any(HasAddressBlocks)))
            {
                continue;
            }

            foreach (ExpectedWorld world in ExpectedWorld.Of(expectation, documents, name => ManifestReader.ReadPaths([Path.Combine(s_folder, name)])))
            {
                Snapshot snapshot = Snapshot.Of(world.Manifests);
                foreach (ExpectedCheck check in world.Checks)
                {
                    flows += Hold(world, snapshot, check);
                    tables++;
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tables} tables, {flows} flows"));
        return tables;
    }

    private static int Hold(ExpectedWorld world, Snapshot snapshot, ExpectedCheck check)
    {
        (FlowRequest Flow, bool IsAllowed)[] pairs = [.. ExpectationRunner.Pairs(snapshot.Cluster, check)];
        Assert.Equal(72, pairs.Length);
        LabWorld lab = LabWorld.Of(snapshot, new LabWorldOptions { Flows = [.. pairs.Select(p => p.Flow)] });
        Dictionary<string, string> texts = lab.Compile().ToDictionary(pair => pair.Key, pair => NftWriter.Write(pair.Value), StringComparer.Ordinal);
        LabComparison comparison = LabComparison.Run(
            lab, texts, pairs.Select(p => p.Flow), new LabComparisonOptions { Means = LabMeans.Interpreter | LabMeans.Packets });
        for (int i = 0; i < pairs.Length; i++)
        {
            LabComparisonRow row = comparison.Rows[i];
            Assert.True(row.IsTried && row.Packets is not null, $"{world.Name}: {row}");
            Assert.True(row.Agrees && row.Engine.IsAllowed == pairs[i].IsAllowed, $"{world.Name}: expected {pairs[i].IsAllowed}: {row}");
        }

        return pairs.Length;
    }

    private static bool HasAddressBlocks(Manifest manifest) =>
        manifest is NetworkPolicyManifest { Spec: { } spec }
        && (spec.Ingress ?? default).Concat(spec.Egress ?? default).Any(rule => (rule.Peers ?? default).Any(peer => peer.IpBlock is not null));
}
