using System.Runtime.CompilerServices;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>A handle on the pods of one namespace that carry some labels: a peer, and the subject of its own policies.</summary>
public sealed class Workload : PodPeer
{
    internal Workload(NamespaceRef @namespace, string name, LabelPairs labels, Ports? listens, SourceLine line)
        : base([new PodsTerm(@namespace.Scope, labels.Node, null, line)], @namespace.Faults.AddRange(labels.Faults))
    {
        Namespace = @namespace;
        Name = name;
        Labels = labels;
        Listens = listens;
        Line = line;
    }

    internal Ports? Listens { get; }

    internal SourceLine Line { get; }

    /// <summary>The namespace of the pods.</summary>
    public NamespaceRef Namespace { get; }

    /// <summary>The workload's name; policies are named after it.</summary>
    public string Name { get; }

    /// <summary>The labels that select the pods.</summary>
    public LabelPairs Labels { get; }

    /// <summary>The same workload with more labels, so that it can play several roles at once.</summary>
    public Workload Carrying(LabelPairs labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new Workload(Namespace, Name, Labels & labels, Listens, Line);
    }

    /// <summary>The same workload with the ports its containers declare, for implied inventories. No policy changes by it.</summary>
    public Workload Listening(Ports ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return new Workload(Namespace, Name, Labels, Listens is null ? ports : Listens | ports, Line);
    }

    /// <summary>A Kubernetes NetworkPolicy for these pods, named after the workload unless a name is given.</summary>
    public KubernetesPolicyWithoutRules Policy(string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Namespace.Policy(name ?? Name, file, line).For(Labels);

    /// <summary>A Calico NetworkPolicy for these pods, named after the workload unless a name is given.</summary>
    public CalicoPolicyWithoutRules CalicoPolicy(string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Namespace.CalicoPolicy(name ?? Name, file, line).For(Labels);
}
