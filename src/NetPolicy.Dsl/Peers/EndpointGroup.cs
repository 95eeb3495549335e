using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>Pods and host endpoints alike that a condition selects: a peer, and the subject of a global policy with stages.</summary>
public sealed class EndpointGroup : CalicoPeer
{
    internal EndpointGroup(Selector selector)
        : base([new EndpointsTerm(selector.Node, selector.Line)], selector.Faults)
    {
    }
}
