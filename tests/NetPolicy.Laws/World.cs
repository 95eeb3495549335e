using NetPolicy.Collections;
using NetPolicy.Laws.Texts;
using NetPolicy.Manifests;

namespace NetPolicy.Laws;

/// <summary>A small cluster with its policies.</summary>
/// <param name="Manifests">Its documents.</param>
/// <param name="Spelling">How the documents are spelled where several spellings mean the same.</param>
public sealed record World(EquatableArray<Manifest> Manifests, ulong Spelling)
{
    /// <summary>The documents of a kind.</summary>
    public IEnumerable<T> All<T>() => Manifests.OfType<T>();

    /// <summary>Each document as text that the product's own writer had no part in: YAML or JSON.</summary>
    public IReadOnlyList<string> ToTexts() => [.. Manifests.Select(manifest => new DocumentText(Spelling).Write(manifest))];

    /// <summary>One text with all documents, as YAML.</summary>
    public string ToYaml() => string.Join("---\n", Manifests.Select(manifest => YamlLayout.Write(new DocumentText(Spelling).Node(manifest))));

    /// <inheritdoc/>
    public override string ToString() => ToYaml();
}
