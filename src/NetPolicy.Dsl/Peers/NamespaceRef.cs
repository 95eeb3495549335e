using System.Runtime.CompilerServices;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>One namespace: the home of everything namespaced.</summary>
/// <remarks>It is selected by its label <c>kubernetes.io/metadata.name</c>, unless <see cref="KnownBy"/> names other labels.</remarks>
public sealed class NamespaceRef : NamespaceGroup
{
    internal NamespaceRef(string name, SourceLine line)
        : this(name, NameIs(name), null, line, [])
    {
    }

    private NamespaceRef(string name, SelectorNode selector, LabelPairs? labels, SourceLine line, EquatableArray<Diagnostic> faults)
        : base(new NamespaceScope(name, selector), line, faults)
    {
        Name = name;
        KnownLabels = labels;
    }

    internal LabelPairs? KnownLabels { get; }

    /// <summary>The namespace's name.</summary>
    public string Name { get; }

    /// <summary>The same namespace, selected by these labels and not by its name. Every namespace that carries them is then selected too.</summary>
    public NamespaceRef KnownBy(LabelPairs labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new NamespaceRef(Name, labels.Node, labels, Line, labels.Faults);
    }

    /// <summary>A Kubernetes NetworkPolicy (<c>networking.k8s.io/v1</c>) in this namespace.</summary>
    public KubernetesPolicyWithoutSubject Policy(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new KubernetesPolicyWithoutSubject(new NameLink(name, this, new SourceLine(file, line)));
    }

    /// <summary>A Calico NetworkPolicy (<c>projectcalico.org/v3</c>) in this namespace.</summary>
    public CalicoPolicyWithoutSubject CalicoPolicy(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new CalicoPolicyWithoutSubject(new NameLink(name, this, new SourceLine(file, line)));
    }

    /// <summary>The Kubernetes policy <c>deny-all</c>: every pod, both directions, nothing allowed.</summary>
    public KubernetesPolicy DenyAll([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Policy("deny-all", file, line).ForAllPods().NoIngress(file, line).NoEgress(file, line);

    /// <summary>The Kubernetes policy <c>allow-dns</c>: every pod may ask the resolver, by default <see cref="Syntax.KubeDns"/>, and all other egress is closed.</summary>
    public KubernetesPolicy AllowDns(PodPeer? resolver = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Policy("allow-dns", file, line).ForAllPods().AllowDns(resolver, file, line);

    /// <summary>The pods of this namespace that carry the labels, under a name for policies and diagnostics.</summary>
    public Workload Workload(string name, LabelPairs labels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(labels);
        return new Workload(this, name, labels, null, new SourceLine(file, line));
    }

    /// <summary>A role whose producers live here: pods labelled <c>name: producer</c> serve pods labelled <c>name: consumer</c>.</summary>
    public RoleWithoutTraffic Role(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RoleWithoutTraffic(this, name, new SourceLine(file, line));
    }

    /// <summary>A Calico NetworkSet in this namespace.</summary>
    public NetworkSetWithoutLabels NetworkSet(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new NetworkSetWithoutLabels(this, name, new SourceLine(file, line));
    }

    /// <summary>The endpoints of the Service of that name in this namespace. Calico only; in an egress rule the Service brings its own ports.</summary>
    public CalicoPeer Service(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new CalicoPeer([new ServiceTerm(Name, name, new SourceLine(file, line))], Faults);
    }

    private static RequirementNode NameIs(string name) => new(Syntax.NamespaceNameKey, RequirementOperator.Equal, [name]);
}
