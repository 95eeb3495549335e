namespace NetPolicy.Engine;

/// <summary>A flow in words, as <c>netpol eval --flows</c> takes it. Null fields are absent.</summary>
public sealed record FlowRequest
{
    /// <summary><c>ns/pod</c>, <c>kind:ns/name</c>, an address, or <c>host:NODE</c>.</summary>
    public required string From { get; init; }

    /// <summary>As <see cref="From"/>, and <c>svc:ns/name</c>.</summary>
    public required string To { get; init; }

    /// <summary>Protocol name or number; TCP if absent.</summary>
    public string? Protocol { get; init; }

    /// <summary>Destination port, 1 to 65535 (0 to 65535 is taken).</summary>
    public int? Port { get; init; }

    /// <summary>Source port.</summary>
    public int? SourcePort { get; init; }

    /// <summary>ICMP type.</summary>
    public int? IcmpType { get; init; }

    /// <summary>ICMP code.</summary>
    public int? IcmpCode { get; init; }

    /// <summary><c>IPv4</c> or <c>IPv6</c>.</summary>
    public string? IpFamily { get; init; }

    /// <summary>Interface by which it leaves the source's node.</summary>
    public string? OutInterface { get; init; }

    /// <summary>Interface by which it enters the destination's node.</summary>
    public string? InInterface { get; init; }

    /// <summary>HTTP method.</summary>
    public string? HttpMethod { get; init; }

    /// <summary>HTTP path.</summary>
    public string? HttpPath { get; init; }
}
