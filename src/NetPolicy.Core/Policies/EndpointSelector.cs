using NetPolicy.Inventory;
using NetPolicy.Labels;

namespace NetPolicy.Policies;

/// <summary>Which endpoints and network sets are meant, in the words of one dialect. Compared by content.</summary>
public abstract record EndpointSelector
{
    private protected EndpointSelector()
    {
    }

    /// <summary>True if <paramref name="member"/> is meant.</summary>
    public bool Selects(Selectable member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Selects(member.Shape);
    }

    internal abstract bool Selects(LabelShape member);
}

/// <summary>
/// A Calico selector over effective labels (Calico specification §3): own labels, namespace, service account and profile labels.
/// </summary>
/// <param name="Labels">The selector, scopes already written into it.</param>
public sealed record CalicoEndpoints(Selector Labels) : EndpointSelector
{
    internal override bool Selects(LabelShape member) => Labels.Matches(member.EffectiveLabels);

    /// <inheritdoc/>
    public override string ToString() => Labels.ToString();
}

/// <summary>
/// Pods in the words of Kubernetes: the pod's own labels and its namespace's (Kubernetes specification §4, §5.2). Never sets, host endpoints or nodes.
/// </summary>
/// <param name="Namespace">Only this namespace; null for all that <paramref name="NamespaceLabels"/> selects.</param>
/// <param name="NamespaceLabels">Selector over the Namespace's labels; null for no condition.</param>
/// <param name="PodLabels">Selector over the Pod's labels.</param>
public sealed record KubernetesPods(string? Namespace, Selector? NamespaceLabels, Selector PodLabels) : EndpointSelector
{
    internal override bool Selects(LabelShape member) =>
        member.IsPod
        && (Namespace is null || Namespace == member.Namespace)
        && (NamespaceLabels is null || NamespaceLabels.Matches(member.NamespaceLabels))
        && PodLabels.Matches(member.Labels);

    /// <inheritdoc/>
    public override string ToString() =>
        $"pods {PodLabels} in {(Namespace is null ? $"namespaces {NamespaceLabels?.ToString() ?? "all()"}" : $"namespace {Namespace}")}";
}
