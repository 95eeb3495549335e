using NetPolicy.Diagnostics;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using Xunit;

namespace NetPolicy.Dsl.Tests.Laws;

public class DocumentLaws
{
    [Fact]
    public void What_the_language_writes_reads_back_as_the_same_documents() => Law.ForAll(PolicyModel.Any(4), Law.Worlds, model =>
    {
        PolicySet set = PolicySet.Define("set", [model.ToPart()]);
        if (!set.IsValid)
        {
            return OnlyFamilies(set);
        }

        PolicySet json = PolicySet.FromYaml(ManifestWriter.ToJson(set.Manifests));
        if (!json.Diagnostics.IsEmpty || !json.Equals(set))
        {
            return $"reads back from JSON as\n{json.ToYaml()}\ninstead of\n{set.ToYaml()}";
        }

        PolicySet read = PolicySet.FromYaml(set.ToYaml());
        return !read.Diagnostics.IsEmpty ? $"read with findings: {read.Diagnostics}"
            : !read.Equals(set) ? $"reads back as\n{read.ToYaml()}\ninstead of\n{set.ToYaml()}"
            : read.ToYaml() != set.ToYaml() ? "is written differently the second time"
            : null;
    });

    [Fact]
    public void Equal_sentences_give_equal_bytes() => Law.ForAll(PolicyModel.Any(4), Law.Worlds, model =>
    {
        PolicySet one = PolicySet.Define("one", [model.ToPart()]), two = PolicySet.Define("two", [model.ToPart()]);
        return one.IsValid && one.ToYaml() != two.ToYaml() ? "differs from itself" : one.Equals(two) ? null : "is not equal to itself";
    });

    [Fact]
    public void Directions_are_taken_over_if_and_only_if_mentioned_and_always_written() => Law.ForAll(PolicyModel.Any(4), Law.Worlds, model =>
    {
        if (model.Noun == PolicyNoun.Cluster)
        {
            return null; // takes over nothing
        }

        PolicySet set = PolicySet.Define("set", [model.ToPart()]);
        if (!set.IsValid)
        {
            return OnlyFamilies(set);
        }

        string mentioned = model.Rules.IsEmpty
            ? model.Noun == PolicyNoun.PreDnat ? "Ingress" : "Ingress,Egress"
            : string.Join(',', model.Rules.Select(r => r.Direction).Distinct().Order());
        string written = string.Join(',', set.Manifests[0] switch
        {
            NetworkPolicyManifest policy => policy.Spec!.PolicyTypes!.Value,
            StagedKubernetesNetworkPolicyManifest policy => policy.Spec!.PolicyTypes!.Value,
            CalicoPolicyManifest policy => policy.Spec!.Types!.Value,
            _ => throw new InvalidOperationException("no policy"),
        });
        return written == mentioned ? null : $"mentions {mentioned}, writes {written}";
    });

    // Generated unions may have no family in common, and a global policy may name a Service; anything else would be a fault of lowering.
    private static string? OnlyFamilies(PolicySet set) =>
        set.Diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error && d.Id != DslDiagnostics.FamiliesNeverMeet.Id)?.ToString();
}
