using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce;

/// <summary>The ruleset of one node: what to load, what could not be said in rules, and what each counter stands for. Immutable.</summary>
public sealed class CompiledRuleset
{
    private readonly Lazy<IReadOnlyDictionary<string, RuleOrigin>> _ruleComments;

    internal CompiledRuleset(
        string node, EnforcementOptions options, RuleTable table, RuleTable? bridge, IReadOnlyList<Diagnostic> diagnostics,
        Lazy<IReadOnlyDictionary<string, RuleOrigin>> ruleComments, IReadOnlyList<PeerIdentity> identities, IReadOnlyList<EndpointClass> classes)
    {
        Node = node;
        Options = options;
        Table = table;
        Bridge = bridge;
        Diagnostics = diagnostics;
        _ruleComments = ruleComments;
        Identities = identities;
        Classes = classes;
    }

    /// <summary>The same with other rules that stand for the same policies.</summary>
    internal CompiledRuleset With(RuleTable table, Ownership? owners = null) =>
        new(Node, Options, table, Bridge, Diagnostics, _ruleComments, Identities, Classes) { Owners = owners };

    /// <summary>Which workloads have which addresses; null if that is not known.</summary>
    internal Ownership? Owners { get; init; }

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary>The choices it was compiled with.</summary>
    public EnforcementOptions Options { get; }

    /// <summary>The rules.</summary>
    public RuleTable Table { get; }

    /// <summary>
    /// The table of family <c>bridge</c>, with the name of <see cref="Table"/>, that keeps workloads behind bridges from sending with others' addresses; null if none is.
    /// Its names are final.
    /// </summary>
    public RuleTable? Bridge { get; }

    /// <summary>Everything that is not enforced as written, and why. A ruleset with errors enforces less than policy says and must not be applied unseen.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>True if a finding is an error.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>What counters stand for, by the comment beside them. The ruleset's own counters, whose comments begin with <c>netpol</c>, are not among them.</summary>
    public IReadOnlyDictionary<string, RuleOrigin> RuleComments => _ruleComments.Value;

    /// <summary>Identities in ascending order.</summary>
    public IReadOnlyList<PeerIdentity> Identities { get; }

    /// <summary>Classes in order of their chains' making.</summary>
    public IReadOnlyList<EndpointClass> Classes { get; }
}
