namespace NetPolicy.Validation;

/// <summary>How documents are validated.</summary>
public sealed record ValidationOptions
{
    /// <summary>The strictest validation.</summary>
    public static ValidationOptions Default { get; } = new();

    /// <summary>How CIDR text in Kubernetes policies is read. Default strict. Calico's kinds have rules of their own.</summary>
    public CidrMode CidrMode { get; init; }
}
