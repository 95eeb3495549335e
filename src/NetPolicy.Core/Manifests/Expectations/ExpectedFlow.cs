using NetPolicy.Addresses;

namespace NetPolicy.Manifests.Expectations;

/// <summary>One flow and what must become of it, addressed as in <c>netpol eval --flows</c>.</summary>
public sealed record ExpectedFlow
{
    /// <summary><c>from</c>: <c>ns/pod</c>, an address, or <c>host:NODE</c>.</summary>
    public string From { get; init; } = "";

    /// <summary><c>to</c>: as <see cref="From"/>, or <c>svc:ns/name</c>.</summary>
    public string To { get; init; } = "";

    /// <summary><c>protocol</c>: a name or a number; TCP if absent.</summary>
    public IntOrString Protocol { get; init; } = IntOrString.Of("TCP");

    /// <summary><c>port</c>; null if the protocol has none.</summary>
    public int? Port { get; init; }

    /// <summary><c>sourcePort</c>; null for any.</summary>
    public int? SourcePort { get; init; }

    /// <summary><c>icmpType</c>.</summary>
    public int? IcmpType { get; init; }

    /// <summary><c>icmpCode</c>.</summary>
    public int? IcmpCode { get; init; }

    /// <summary><c>ipFamily</c>; none if absent, and the ends decide.</summary>
    public IpFamily IpFamily { get; init; }

    /// <summary><c>outInterface</c>: where the packet leaves the source's node.</summary>
    public string? OutInterface { get; init; }

    /// <summary><c>inInterface</c>: where the packet enters the destination's node.</summary>
    public string? InInterface { get; init; }

    /// <summary><c>httpMethod</c>.</summary>
    public string? HttpMethod { get; init; }

    /// <summary><c>httpPath</c>.</summary>
    public string? HttpPath { get; init; }

    /// <summary><c>expect</c>: <c>allow</c> or <c>deny</c>.</summary>
    public ExpectedVerdict Expect { get; init; }

    /// <summary><c>rule</c>: the rule that must decide; null if it does not matter.</summary>
    public ExpectedRule? Rule { get; init; }
}
