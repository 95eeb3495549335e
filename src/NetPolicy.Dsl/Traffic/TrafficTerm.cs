using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>One alternative of a union of traffic. Compared by content; the line takes no part.</summary>
internal abstract record TrafficTerm
{
    /// <summary>Where it is written; <c>default</c> for words without a line of their own.</summary>
    public virtual SourceLine Line => default;
}

/// <summary>Ports <paramref name="First"/> to <paramref name="Last"/>, both included, as the author wrote them.</summary>
internal sealed record PortRangeTerm(Protocol Protocol, ushort First, ushort Last, SourceLine At) : TrafficTerm, IPortTerm
{
    public override SourceLine Line => At;

    /// <summary>The name that a container gives the port; it takes no part in what the term matches.</summary>
    public string? Name { get; init; }

    public bool Equals(PortRangeTerm? other) => other is not null && (Protocol, First, Last) == (other.Protocol, other.First, other.Last);

    public override int GetHashCode() => HashCode.Combine(Protocol, First, Last);
}

/// <summary>The container port of that name.</summary>
internal sealed record PortNameTerm(Protocol Protocol, string Name, ushort? Number, SourceLine At) : TrafficTerm, IPortTerm
{
    public override SourceLine Line => At;

    public bool Equals(PortNameTerm? other) => other is not null && (Protocol, Name) == (other.Protocol, other.Name);

    public override int GetHashCode() => HashCode.Combine(Protocol, Name);
}

/// <summary>Every port of a protocol.</summary>
internal sealed record AllPortsTerm(Protocol Protocol) : TrafficTerm, IPortTerm;

/// <summary>Every port of a protocol but some.</summary>
internal sealed record AllPortsExceptTerm(Protocol Protocol, EquatableArray<TrafficTerm> Except) : TrafficTerm
{
    public override SourceLine Line => Except.IsEmpty ? default : Except[0].Line;
}

/// <summary>A destination port range from a source port range.</summary>
internal sealed record SourcePortsTerm(PortRangeTerm Destination, ushort First, ushort Last, SourceLine At) : TrafficTerm
{
    public override SourceLine Line => At;

    public bool Equals(SourcePortsTerm? other) =>
        other is not null && Destination.Equals(other.Destination) && (First, Last) == (other.First, other.Last);

    public override int GetHashCode() => HashCode.Combine(Destination, First, Last);
}

/// <summary>An IP protocol by number.</summary>
internal sealed record ProtocolTerm(byte Number, SourceLine At) : TrafficTerm
{
    public override SourceLine Line => At;

    public bool Equals(ProtocolTerm? other) => other is not null && Number == other.Number;

    public override int GetHashCode() => Number;
}

/// <summary>ICMP of one version: any, one type, one type and code, or any but one type.</summary>
internal sealed record IcmpTerm(Protocol Protocol, byte? Type, byte? Code, bool IsException) : TrafficTerm;
