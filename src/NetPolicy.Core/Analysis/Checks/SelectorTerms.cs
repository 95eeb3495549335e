using NetPolicy.Inventory;
using NetPolicy.Labels;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Analysis.Checks;

/// <summary>What a selector asks for, one condition at a time, and who nearly has it.</summary>
internal static class SelectorTerms
{
    /// <summary>Conditions of which all must hold.</summary>
    public static IEnumerable<Selector> Of(Selector selector) =>
        selector is AndSelector and ? and.Operands.SelectMany(Of) : selector is AllSelector ? [] : [selector];

    /// <summary><c>role: edge</c>, <c>role</c>, or the condition in selector language.</summary>
    public static string Describe(Selector term)
    {
        Selector shown = term.Map(Unprefixed, static leaf => leaf);
        return shown switch
        {
            CompareSelector { Operator: LabelOperator.Equal } is_ => $"{is_.Key}: {is_.Value}",
            HasSelector => shown.Keys().Single(),
            _ => shown.ToString(),
        };
    }

    /// <summary>
    /// Why <paramref name="selector"/> means nothing among <paramref name="candidates"/>: the one that lacks least, and what it lacks.
    /// </summary>
    public static string WhyNothing(EndpointSelector selector, IReadOnlyCollection<Selectable> candidates)
    {
        (Selectable? nearest, string lacking) = candidates
            .Select(c => (Candidate: c, Lacks: Lacks(selector, c).ToArray()))
            .Where(c => c.Lacks.Length > 0)
            .OrderBy(c => c.Lacks.Length)
            .ThenBy(c => c.Lacks.Count(l => !l.IsNearMiss))
            .ThenBy(c => c.Candidate.Name, StringComparer.Ordinal)
            .Select(c => ((Selectable?)c.Candidate, string.Join(" and ", c.Lacks.Select(l => l.Text))))
            .FirstOrDefault();
        return nearest is null ? "no candidate is known" : lacking;
    }

    /// <summary>What <paramref name="candidate"/> lacks to be meant; empty if it is.</summary>
    public static IEnumerable<(string Text, bool IsNearMiss)> Lacks(EndpointSelector selector, Selectable candidate)
    {
        switch (selector)
        {
            case KubernetesPods pods when candidate is Endpoint { IsPod: true } pod:
                if (pods.Namespace is { } wanted && wanted != pod.Namespace)
                {
                    yield return ($"`{pod.Name}` is not in namespace `{wanted}`", false);
                }

                foreach (Selector term in Of(pods.NamespaceLabels ?? Selector.All).Where(t => !t.Matches(pod.NamespaceLabels)))
                {
                    yield return Lacking($"namespace `{pod.Namespace}`", term, pod.NamespaceLabels, pod.Namespace!);
                }

                foreach (Selector term in Of(pods.PodLabels).Where(t => !t.Matches(pod.Labels)))
                {
                    yield return Lacking($"pod `{pod.Name}`", term, pod.Labels, pod.Name);
                }

                break;
            case KubernetesPods:
                yield return ($"`{candidate.Name}` is no pod", false);
                break;
            case CalicoEndpoints calico:
                foreach (Selector term in Of(calico.Labels).Where(t => !t.Matches(candidate.EffectiveLabels)))
                {
                    bool ofNamespace = term.Keys().Any(k => k.StartsWith(CalicoNormalizer.NamespacePrefix, StringComparison.Ordinal)) && candidate.Namespace is not null;
                    yield return Lacking(
                        ofNamespace ? $"namespace `{candidate.Namespace}`" : $"`{candidate.Name}`", term, candidate.EffectiveLabels, candidate.Namespace ?? candidate.Name);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(selector));
        }
    }

    /// <summary>Labels as their authors wrote them, without those that the platform adds.</summary>
    public static string Written(Selectable candidate)
    {
        LabelSet labels = candidate is Endpoint endpoint ? endpoint.Labels : candidate.EffectiveLabels;
        string[] shown = [.. labels.Entries.AsEnumerable().Select(l => $"{l.Key}: {l.Value}")];
        return shown.Length == 0 ? "no label" : LintContext.List(shown, 6);
    }

    // A namespace called like the value that is asked for is meant more probably than others.
    private static (string Text, bool IsNearMiss) Lacking(string who, Selector term, LabelSet labels, string name)
    {
        string asked = Describe(term);
        string key = term.Keys().FirstOrDefault() ?? "";
        bool near = labels[key] is not null || (term is CompareSelector compare && name.EndsWith(compare.Value, StringComparison.Ordinal));
        return labels[key] is { } actual
            ? ($"{who} has `{Unprefixed(key)}: {actual}` where `{asked}` is asked for", near)
            : ($"{who} lacks the label `{asked}`", near);
    }

    private static string Unprefixed(string key) =>
        key.StartsWith(CalicoNormalizer.NamespacePrefix, StringComparison.Ordinal) ? key[CalicoNormalizer.NamespacePrefix.Length..]
        : key.StartsWith(CalicoNormalizer.ServiceAccountPrefix, StringComparison.Ordinal) ? key[CalicoNormalizer.ServiceAccountPrefix.Length..]
        : key;
}
