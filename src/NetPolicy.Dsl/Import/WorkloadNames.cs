using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Dsl;

/// <summary>The workloads that policies are about, and a name for each: from its labels, or from the policy.</summary>
internal sealed class WorkloadNames
{
    // Labels whose value usually names the workload, the most telling first.
    private static readonly string[] s_telling = ["app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/component", "component", "role", "tier"];

    private readonly Dictionary<(string Home, string Selector), string> _names = [];
    private readonly HashSet<(string Home, string Name)> _taken = [];

    public WorkloadNames(IReadOnlyList<Manifest> documents)
    {
        foreach (Manifest document in documents)
        {
            if (document.EffectiveNamespace is { } home && SubjectOf(document) is { } node && Handles.Pairs(node) is { } pairs)
            {
                _names.TryAdd((home, node.ToText()), "");
                if (_names[(home, node.ToText())].Length == 0)
                {
                    _names[(home, node.ToText())] = Choose(home, pairs, document.Metadata.Name ?? "");
                }
            }
        }
    }

    /// <summary>The name of the workload with this selector; null if no policy is about it.</summary>
    public string? Find(string home, SelectorNode node) => _names.GetValueOrDefault((home, node.ToText()));

    private static SelectorNode? SubjectOf(Manifest document) => document switch
    {
        NetworkPolicyManifest policy => SelectorSpeech.Node(policy.Spec?.PodSelector),
        StagedKubernetesNetworkPolicyManifest policy => SelectorSpeech.Node(policy.Spec?.PodSelector),
        CalicoPolicyManifest { IsGlobal: false, Spec: { Selector: { } selector, ServiceAccountSelector: null } } => SelectorSpeech.Node(selector),
        _ => null,
    };

    private string Choose(string home, LabelPairs pairs, string policy)
    {
        LabelPair told = s_telling.Select(k => pairs.Pairs.FirstOrDefault(p => p.Key == k && p.Value.Length > 0)).FirstOrDefault(p => p.Key is not null);
        string[] wishes =
        [
            told.Key is null ? "" : told.Value,
            string.Join('-', pairs.Pairs.Select(p => p.Value).Where(v => v.Length > 0)),
            policy,
        ];
        foreach (string wish in wishes.Where(w => w.Length > 0))
        {
            if (_taken.Add((home, wish)))
            {
                return wish;
            }
        }

        for (int i = 2; ; i++)
        {
            string numbered = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(policy.Length > 0 ? policy : "workload")}-{i}");
            if (_taken.Add((home, numbered)))
            {
                return numbered;
            }
        }
    }
}
