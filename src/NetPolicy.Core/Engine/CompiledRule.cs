using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>A rule with its selectors taken into the index.</summary>
internal sealed class CompiledRule(Rule rule, CompiledMatch[] alternatives)
{
    public readonly Rule Rule = rule;
    public readonly RuleAction Action = rule.Action;
    public readonly CompiledMatch[] Alternatives = alternatives;
}

/// <summary>One alternative of a rule.</summary>
internal sealed class CompiledMatch(RuleMatch match, CompiledEnd source, CompiledEnd destination)
{
    public readonly RuleMatch Match = match;
    public readonly CompiledEnd Source = source;
    public readonly CompiledEnd Destination = destination;

    /// <summary>A rule that names ports on either side speaks of protocols with ports only (Calico specification §4).</summary>
    public readonly bool NeedsPorts = match.Source.Ports is not null || match.Source.NotPorts is not null
        || match.Destination.Ports is not null || match.Destination.NotPorts is not null;

    /// <summary>Bit 0: the rule has a form for IPv4; bit 1: for IPv6.</summary>
    public readonly int Families = (match.AppliesTo(IpFamily.IPv4) ? 1 : 0) | (match.AppliesTo(IpFamily.IPv6) ? 2 : 0);
}

/// <summary>The conditions on one end.</summary>
internal sealed class CompiledEnd
{
    /// <summary>A source without conditions.</summary>
    public static readonly CompiledEnd AnySource = new();

    /// <summary>A destination without conditions.</summary>
    public static readonly CompiledEnd AnyDestination = new() { IsDestination = true };

    public IpPrefix[]? Nets;
    public IpPrefix[]? NotNets;
    public CompiledSelector? Selected;
    public CompiledSelector? NotSelected;
    public SliceBackend[]? Service;
    public PortMatch? Ports;
    public PortMatch? NotPorts;
    public bool IsDestination;
}

/// <summary>The facts about a packet that rules can ask for, addresses aside. -1 = not known or none.</summary>
internal readonly struct Packet(IpFamily family, Protocol protocol, int port, int sourcePort, int icmpType, int icmpCode, string? httpMethod, string? httpPath)
{
    public readonly IpFamily Family = family;
    public readonly Protocol Protocol = protocol;
    public readonly int Port = port;
    public readonly int SourcePort = sourcePort;
    public readonly int IcmpType = icmpType;
    public readonly int IcmpCode = icmpCode;
    public readonly string? HttpMethod = httpMethod;
    public readonly string? HttpPath = httpPath;

    public Packet WithPort(int port) => new(Family, Protocol, port, SourcePort, IcmpType, IcmpCode, HttpMethod, HttpPath);
}

/// <summary>An end of a flow as rules see it: an address and the endpoints and sets it belongs to.</summary>
internal readonly struct PeerFacts(IpAddress address, int[] members)
{
    public readonly IpAddress Address = address;
    public readonly int[] Members = members;
}
