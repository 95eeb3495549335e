using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Manifests.PolicyApi;

/// <summary>Pods by the labels of their namespace and by their own; both must match.</summary>
public sealed record NamespacedPodSelector
{
    /// <summary><c>namespaceSelector</c>; required in v1alpha1, absent means every namespace in v1alpha2.</summary>
    public LabelSelectorSpec? NamespaceSelector { get; init; }

    /// <summary><c>podSelector</c>; required, empty means every pod.</summary>
    public LabelSelectorSpec? PodSelector { get; init; }
}
