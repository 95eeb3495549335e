using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>A term that every dialect can say.</summary>
internal interface IPortTerm
{
    /// <summary>TCP, UDP or SCTP.</summary>
    Protocol Protocol { get; }
}
