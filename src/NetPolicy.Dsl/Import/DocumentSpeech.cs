using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Validation;

namespace NetPolicy.Dsl;

/// <summary>Documents as parts of a set: in words if their value is the document, otherwise as embedded YAML.</summary>
internal static class DocumentSpeech
{
    private const string Indent = "            ";

    /// <summary>The part in C#. Whatever it is, its value has been lowered and compared with the document.</summary>
    public static string Of(Manifest document, Handles handles, bool isExact)
    {
        int mark = handles.Mark;
        if (InWords(document, handles) is { } spoken && IsThe(document, spoken.Value, isExact))
        {
            return spoken.Text;
        }

        handles.BackTo(mark);
        string yaml = ManifestWriter.ToYaml(document);
        string lines = yaml.TrimEnd('\n');
        return IsThe(document, new RawYaml(lines, default), isExact: true)
            ? $"Raw({CSharpText.Lines(yaml, Indent)})"
            : $"Raw({CSharpText.Literal(yaml)})";
    }

    private static Spoken<IPolicyPart>? InWords(Manifest document, Handles handles) => document switch
    {
        NetworkPolicyManifest policy => PolicySpeech.Of(policy, policy.Spec ?? new NetworkPolicySpec(), isStaged: false, handles),
        StagedKubernetesNetworkPolicyManifest policy => PolicySpeech.Of(policy, policy.Spec ?? new NetworkPolicySpec(), isStaged: true, handles),
        CalicoPolicyManifest policy => PolicySpeech.Of(policy, handles),
        ClusterNetworkPolicyManifest policy => PolicySpeech.Of(policy, handles),
        TierManifest { Metadata.Name: { } name } => handles.OwnTier(name) is var tier ? new Spoken<IPolicyPart>(tier.Text, tier.Value) : null,
        GlobalNetworkSetManifest or NetworkSetManifest => handles.Set(document) is { } set ? new Spoken<IPolicyPart>(set.Text, set.Value) : null,
        HostEndpointManifest host => HostSpeech.Of(host, handles),
        _ => null,
    };

    private static bool IsThe(Manifest document, IPolicyPart part, bool isExact)
    {
        Lowering lowering = new();
        part.AddTo(lowering);
        return lowering.Documents is [var lowered]
            && !lowering.Findings.Any(f => f.Severity == DiagnosticSeverity.Error)
            && (isExact ? lowered.Equals(document) : Spelling.Of(lowered).Equals(Spelling.Of(document)))
            && !Validator.Validate([lowered]).Any(f => f.Severity == DiagnosticSeverity.Error);
    }
}
