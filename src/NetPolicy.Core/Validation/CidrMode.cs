namespace NetPolicy.Validation;

/// <summary>How <c>networking.k8s.io</c> reads CIDR text (Kubernetes specification §2.2).</summary>
public enum CidrMode : byte
{
    /// <summary>Old spellings are errors, as in API servers from 1.36 on.</summary>
    Strict = 0,

    /// <summary>Leading zeros, IPv4-mapped IPv6 and host bits are warnings, as in older API servers.</summary>
    Lenient,
}
