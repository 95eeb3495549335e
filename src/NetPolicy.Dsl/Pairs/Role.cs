using System.Runtime.CompilerServices;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>
/// A producer and its consumers, known by one label: pods labelled <c>name: producer</c> serve pods labelled <c>name: consumer</c>.
/// </summary>
/// <remarks>The pair limits the producers' ingress and the consumers' egress, nothing else. A consumer that needs DNS needs a policy for it.</remarks>
public sealed class Role
{
    private readonly Ports? _ports;
    private readonly EquatableArray<NamespaceRef> _consuming;
    private readonly SourceLine _line;

    internal Role(NamespaceRef home, string name, Ports? ports, EquatableArray<NamespaceRef> consuming, SourceLine line)
    {
        Namespace = home;
        Name = name;
        _ports = ports;
        _consuming = consuming;
        _line = line;
    }

    /// <summary>The namespace of the producers.</summary>
    public NamespaceRef Namespace { get; }

    /// <summary>The role's name, which is also the key of its label.</summary>
    public string Name { get; }

    /// <summary>The label of producers, <c>name: producer</c>.</summary>
    public LabelPairs Producer => new([new LabelPair(Name, "producer", _line)]);

    /// <summary>The label of consumers, <c>name: consumer</c>.</summary>
    public LabelPairs Consumer => new([new LabelPair(Name, "consumer", _line)]);

    /// <summary>The producers, as a workload like any other.</summary>
    public Workload Producers => new(Namespace, $"{Name}-producer", Producer, _ports, _line);

    /// <summary>The consumers, in every consuming namespace.</summary>
    public PodPeer Consumers => PodPeer.OfAll(_consuming.Select(n => n.Pods(Consumer)), _line);

    /// <summary>The namespaces whose pods may consume; without this word the role's own alone.</summary>
    public Role ConsumedIn(NamespaceRef ns, params ReadOnlySpan<NamespaceRef> more)
    {
        ArgumentNullException.ThrowIfNull(ns);
        foreach (NamespaceRef other in more)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(more));
        }

        return new Role(Namespace, Name, _ports, [ns, .. more], _line);
    }

    /// <summary>
    /// Both policies as one part, never half of them: <c>name-producer</c> with ingress from the consumers only, and in every consuming
    /// namespace <c>name-consumer</c> with egress to the producers only.
    /// </summary>
    public PolicySet Pair([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        List<IPolicyPart> parts = [Finished(Producers.Policy($"{Name}-producer", file, line).AllowFrom(Consumers, file, line))];
        foreach (NamespaceRef ns in _consuming)
        {
            parts.Add(Finished(ns.Policy($"{Name}-consumer", file, line).For(Consumer).AllowTo(Producers, file, line)));
        }

        return PolicySet.Define($"{Name}-pair", [.. parts], file, line);
    }

    private KubernetesPolicy Finished(RuleWithoutTraffic<KubernetesPolicy> rule) => _ports is null ? rule.OnAllTraffic() : rule.On(_ports);
}
