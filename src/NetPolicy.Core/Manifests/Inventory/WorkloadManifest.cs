using NetPolicy.Collections;

namespace NetPolicy.Manifests.Inventory;

/// <summary>
/// A Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob or ReplicationController: an endpoint of unknown address, described by its pod template.
/// </summary>
public sealed record WorkloadManifest(string WorkloadApiVersion, string WorkloadKind) : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => WorkloadApiVersion;

    /// <inheritdoc/>
    public override string Kind => WorkloadKind;

    /// <inheritdoc/>
    public override bool IsNamespaced => true;

    /// <summary>Labels of the pod template.</summary>
    public EquatableMap<string>? TemplateLabels { get; init; }

    /// <summary><c>spec</c> of the pod template.</summary>
    public PodSpec Template { get; init; } = PodSpec.Empty;
}
