using NetPolicy.Addresses;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Spec.Tests;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class ReadPathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netpolicy").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folders_are_read_in_ordinal_order_with_sub_folders()
    {
        Write("b.yaml", "b");
        Write("a/z.yml", "z");
        Write("B.json", "B", "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"B\"}}");
        Write("note.txt", "txt");
        Write(".git/c.yaml", "hidden");
        ManifestReadResult result = ManifestReader.ReadPaths([_folder]);
        Assert.Equal(["B", "z", "b"], result.Manifests.Select(m => m.Metadata.Name));
        Assert.Empty(result.Diagnostics);
        Assert.Equal(3, result.DocumentCount);
        Assert.Equal(Path.Combine(_folder, "a", "z.yml"), result.Manifests[1].Source.File);
    }

    [Fact]
    public void A_file_that_several_paths_lead_to_is_read_once()
    {
        string file = Write("b.yaml", "b");
        Assert.Single(ManifestReader.ReadPaths([file, _folder, file]).Manifests);
    }

    [Fact]
    public void Standard_input_is_a_hyphen()
    {
        using StringReader input = new("apiVersion: v1\nkind: Namespace\n");
        ManifestReadResult result = ManifestReader.ReadPaths(["-"], input);
        Assert.Equal("-", Assert.Single(result.Manifests).Source.File);
    }

    [Fact]
    public void Missing_paths_and_empty_folders_are_diagnostics()
    {
        Assert.Equal(["NP1001"], ManifestReader.ReadPaths([Path.Combine(_folder, "none.yaml")]).Diagnostics.Select(d => d.Id));
        Assert.Equal(["NP1022"], ManifestReader.ReadPaths([_folder]).Diagnostics.Select(d => d.Id));
        Assert.True(ManifestReader.ReadPaths([Path.Combine(_folder, "none")]).HasErrors);
    }

    [Fact]
    public void The_corpus_reads_without_findings()
    {
        ManifestReadResult result = ManifestReader.ReadPaths([Corpus.Folder("kubernetes-e2e")]);
        Assert.Empty(result.Diagnostics);
        ExpectationManifest[] expectations = [.. result.Manifests.AsEnumerable().OfType<ExpectationManifest>()];
        Assert.Equal(64, expectations.Length);
        Assert.All(expectations, e =>
        {
            Assert.StartsWith("cluster", e.Cluster, StringComparison.Ordinal);
            Assert.NotEmpty(e.Checks);
            Assert.Equal(Path.GetFileNameWithoutExtension(e.Source.File), e.Name);
        });
        ExpectationManifest relabelled = expectations.Single(e => e.Name == "22-allow-ingress-access-from-updated-pod-stage2");
        Assert.Equal("updated", relabelled.Variant!.PodLabels.AsSpan()[0].Value.AsSpan()[0].Value);
        Assert.Contains(expectations, e => e.Checks.AsEnumerable().Any(c => c.IpFamily == IpFamily.IPv6));
    }

    [Theory]
    [InlineData("flows: [{from: a/b, to: a/c, protocol: TCP, port: 80}]\n")]
    [InlineData("flows: [{from: a/b, to: a/c, expect: Allow}]\n")]
    [InlineData("checks: [{ipFamily: v6}]\n")]
    [InlineData("checks: [{denied: [{from: x/a}]}]\n")]
    [InlineData("steps: [{remove: [{kind: Pod}]}]\n")]
    [InlineData("steps: [{documents: [{apiVersion: v1, kind: Namespace, metadata: {name: [a]}}]}]\n")]
    [InlineData("check: []\n")]
    public void An_expectation_that_cannot_be_used_is_an_error(string text)
    {
        ManifestReadResult result = ManifestReader.Read("kind: Expectation\nname: a\n" + text, "f");
        Assert.True(result.HasErrors);
        Assert.Empty(result.Manifests);
    }

    private string Write(string name, string @namespace, string? text = null)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text ?? $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {@namespace}}}\n");
        return path;
    }
}
