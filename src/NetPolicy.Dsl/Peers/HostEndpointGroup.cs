using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>Host endpoints that a condition selects: a peer, and the subject of a global policy with stages.</summary>
public sealed class HostEndpointGroup : CalicoPeer
{
    internal HostEndpointGroup(Selector selector)
        : base([new HostsTerm(selector.Node, selector.Line)], selector.Faults)
    {
    }
}
