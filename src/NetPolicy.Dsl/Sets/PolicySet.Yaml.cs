using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <content>Sets from YAML and to YAML.</content>
public sealed partial class PolicySet
{
    private const string NoNamespace = "_cluster";

    /// <summary>A set of the documents of a YAML or JSON text. What cannot be read is a diagnostic at its place in the text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="path">The name to report places with; the file's name without extension names the set.</param>
    public static PolicySet FromYaml(string yaml, string path = "")
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentNullException.ThrowIfNull(path);
        ManifestReadResult result = ManifestReader.Read(yaml, path.Length == 0 ? null : path);
        string name = Path.GetFileNameWithoutExtension(path);
        return new PolicySet(SetChecks.IsFileName(name) ? name : "yaml", result.Manifests, result.Diagnostics);
    }

    /// <summary>Writes the documents as YAML, separated by <c>---</c>, with LF line ends. Equal sets give the same bytes.</summary>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public void WriteYaml(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ManifestWriter.WriteYaml(Manifests, writer);
    }

    /// <summary>What <see cref="WriteYaml"/> writes.</summary>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public string ToYaml() => ManifestWriter.ToYaml(Manifests);

    /// <summary>The documents as files, in the order in which the files first occur. A pure value: nothing is written.</summary>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public EquatableArray<YamlFile> ToFiles(YamlLayout layout)
    {
        if (layout == YamlLayout.OneFile)
        {
            return [new YamlFile($"{Name}.yaml", ToYaml())];
        }

        return [.. Manifests.GroupBy(d => PathOf(d, layout), StringComparer.Ordinal).Select(g => new YamlFile(g.Key, ManifestWriter.ToYaml(g)))];
    }

    private static string PathOf(Manifest document, YamlLayout layout)
    {
        string folder = document.EffectiveNamespace ?? NoNamespace;
        return layout switch
        {
            YamlLayout.FilePerNamespace => $"{folder}.yaml",
            YamlLayout.FilePerPolicy => $"{folder}/{KindOf(document)}-{document.Metadata.Name}.yaml",
            _ => throw new ArgumentOutOfRangeException(nameof(layout)),
        };
    }

    // Kubernetes and Calico both have a NetworkPolicy, and one namespace may hold both under one name.
    private static string KindOf(Manifest document) =>
        document.ApiVersion.StartsWith("projectcalico.org/", StringComparison.Ordinal)
            ? $"calico-{document.Kind.ToLowerInvariant()}"
            : document.Kind.ToLowerInvariant();
}
