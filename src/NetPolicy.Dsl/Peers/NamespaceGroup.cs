using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>Some namespaces, from which pods are chosen.</summary>
public class NamespaceGroup
{
    internal NamespaceGroup(NamespaceScope scope, SourceLine line, EquatableArray<Diagnostic> faults)
    {
        Scope = scope;
        Line = line;
        Faults = faults;
    }

    internal NamespaceScope Scope { get; }

    internal SourceLine Line { get; }

    internal EquatableArray<Diagnostic> Faults { get; }

    /// <summary>Every pod of these namespaces.</summary>
    public PodPeer AllPods => new([new PodsTerm(Scope, SelectorNode.All, null, Line)], Faults);

    /// <summary>The pods of these namespaces that carry the labels.</summary>
    public PodPeer Pods(LabelSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new PodPeer([new PodsTerm(Scope, selector.Node, null, selector.Line.Or(Line))], Faults.AddRange(selector.Faults));
    }

    /// <summary>The pods of these namespaces that the condition selects. Calico only.</summary>
    public CalicoPeer Pods(Selector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new CalicoPeer([new PodsTerm(Scope, selector.Node, null, selector.Line.Or(Line))], Faults.AddRange(selector.Faults));
    }

    /// <summary>The pods of these namespaces that run as the service account of that name. Calico only.</summary>
    public CalicoPeer ServiceAccount(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new CalicoPeer([new PodsTerm(Scope, SelectorNode.All, name, Line)], Faults);
    }
}
