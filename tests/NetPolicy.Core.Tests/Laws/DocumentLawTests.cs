using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Laws;
using NetPolicy.Laws.Documents;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Documents are what they say, in YAML and in JSON, whatever they say.</summary>
public sealed class DocumentLawTests
{
    // No judge reads these, so no generated world has them.
    private static readonly string[] s_saidByNoWorld =
    [
        "NodeManifest.PodCidrs", "ObjectMetadata.GenerateName", "ServiceManifest.ExternalTrafficPolicy",
    ];

    private static readonly string[] s_kindsOfNoWorld =
    [
        "DomainNamesManifest", "IngressManifest",
    ];

    [Fact]
    public void Documents_of_every_kind_read_back_as_written_in_yaml_and_in_json() => Law.ForAll(Any.Documents(6), Law.Worlds, documents =>
    {
        foreach (Manifest document in documents.Manifests)
        {
            if ((ReadBack(document, ManifestWriter.ToYaml(document)) ?? ReadBack(document, ManifestWriter.ToJson(document))) is { } how)
            {
                return how;
            }
        }

        return Together(documents.Manifests, ManifestWriter.ToYaml(documents.Manifests)) ?? Together(documents.Manifests, ManifestWriter.ToJson(documents.Manifests));
    });

    [Fact]
    public void Equal_documents_are_written_as_equal_bytes() => Law.ForAll(Any.Documents(4), Law.Worlds, documents =>
    {
        string yaml = ManifestWriter.ToYaml(documents.Manifests), json = ManifestWriter.ToJson(documents.Manifests);
        return ManifestWriter.ToYaml(ManifestReader.Read(json).Manifests) != yaml ? "YAML of what JSON says differs"
            : ManifestWriter.ToJson(ManifestReader.Read(yaml).Manifests) != json ? "JSON of what YAML says differs"
            : null;
    });

    [Fact]
    public void Validation_of_any_document_ends_with_findings_that_have_a_position() => Law.ForAll(Any.Documents(6), Law.Worlds, documents =>
    {
        ManifestReadResult read = ManifestReader.Read(ManifestWriter.ToYaml(documents.Manifests), "f.yaml");
        Diagnostic? lost = Validator.Validate(read).Concat(read.Diagnostics).FirstOrDefault(d => !d.Span.IsKnown || d.Message.Length == 0 || d.Message.Contains('\n', StringComparison.Ordinal));
        return lost is null ? null : $"without position or in several lines: {lost}";
    });

    [Fact]
    public void Every_field_of_every_kind_is_set_in_some_documents()
    {
        FieldCensus census = new();
        DocumentMaker maker = new(new Dice(1));
        foreach (Type kind in DocumentMaker.Kinds)
        {
            for (int i = 0; i < 60; i++)
            {
                census.Add(maker.Next(kind));
            }
        }

        Assert.Empty(census.Missing(1, DocumentMaker.Kinds));
        Assert.Contains(nameof(CalicoRule.Source), Rewriter.FieldsOf(typeof(CalicoRule)).Select(field => field.Name));
        Assert.Equal(typeof(Manifest).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Except([nameof(Manifest.Metadata)]).Order(), ["IsStandIn", "Source"]);
    }

    [Fact]
    public void Every_field_that_a_judge_reads_is_set_in_some_worlds()
    {
        FieldCensus census = new();
        HashSet<Type> kinds = [];
        foreach (ulong seed in Enumerable.Range(1, 400).Select(i => (ulong)i * 7919))
        {
            foreach (Manifest manifest in Any.MakePlain(seed, seed % 2 == 0 ? WorldShape.All : WorldShape.CalicoOnly, 0).World.Manifests)
            {
                kinds.Add(manifest.GetType());
                census.Add(manifest);
            }
        }

        Assert.Empty(DocumentMaker.Kinds.Except(kinds).Select(kind => kind.Name).Except(s_kindsOfNoWorld));
        Assert.Empty(census.Missing(1, kinds).Except(s_saidByNoWorld));
    }

    private static string? ReadBack(Manifest document, string text)
    {
        ManifestReadResult read = ManifestReader.Read(text);
        return read.Diagnostics.Count > 0 || read.Manifests.Count != 1 || !read.Manifests[0].Equals(document)
            ? $"{text}\n  written: {document}\n  read: {read.Manifests}\n  {read.Diagnostics}"
            : null;
    }

    private static string? Together(EquatableArray<Manifest> documents, string text) => ManifestReader.Read(text).Manifests == documents ? null : $"together they read otherwise:\n{text}";
}
