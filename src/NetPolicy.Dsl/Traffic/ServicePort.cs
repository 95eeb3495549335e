namespace NetPolicy.Dsl;

/// <summary>A Service's port beside the pod's port behind it. Policy sees the latter only, so this is no <see cref="Ports"/>.</summary>
public sealed class ServicePort
{
    internal ServicePort(ushort number, Ports target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Number = number;
        Target = target;
    }

    /// <summary>The port that clients of the Service use.</summary>
    public ushort Number { get; }

    /// <summary>The pod's port that the Service forwards to: what a rule names.</summary>
    public Ports Target { get; }
}
