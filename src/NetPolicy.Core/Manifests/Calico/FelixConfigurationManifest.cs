using NetPolicy.Collections;

namespace NetPolicy.Manifests.Calico;

/// <summary>The part of a Calico FelixConfiguration that changes verdicts; named <c>default</c> or <c>node.NAME</c>.</summary>
public sealed record FelixConfigurationManifest : Manifest
{
    /// <inheritdoc/>
    public override string ApiVersion => "projectcalico.org/v3";

    /// <inheritdoc/>
    public override string Kind => "FelixConfiguration";

    /// <inheritdoc/>
    public override bool IsNamespaced => false;

    /// <summary><c>spec.defaultEndpointToHostAction</c>: <c>Drop</c>, <c>Accept</c> or <c>Return</c>.</summary>
    public string? DefaultEndpointToHostAction { get; init; }

    /// <summary><c>spec.failsafeInboundHostPorts</c>; absent means Calico's default list, empty means none.</summary>
    public EquatableArray<FailsafePort>? FailsafeInboundHostPorts { get; init; }

    /// <summary><c>spec.failsafeOutboundHostPorts</c>; absent means Calico's default list, empty means none.</summary>
    public EquatableArray<FailsafePort>? FailsafeOutboundHostPorts { get; init; }
}
