using System.Runtime.CompilerServices;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>A named list of policies and what belongs to them: the documents they stand for, and what is wrong with them.</summary>
/// <remarks>
/// Immutable; compared by documents, names and places excluded. <see cref="Define"/> never throws for what the author wrote: findings are
/// collected in <see cref="Diagnostics"/>, and each way out throws one <see cref="InvalidPolicySetException"/> if an error is among them.
/// The order of parts is the order of documents.
/// </remarks>
public sealed partial class PolicySet : IPolicyPart, IEquatable<PolicySet>
{
    private readonly EquatableArray<Manifest> _documents;
    private readonly EquatableArray<Diagnostic> _findings;

    private PolicySet(string name, EquatableArray<Manifest> documents, EquatableArray<Diagnostic> findings)
    {
        Name = name;
        _documents = documents;
        _findings = findings;
        Diagnostics = [.. findings, .. SetChecks.Of(documents)];
    }

    /// <summary>The set's name, which names its file.</summary>
    public string Name { get; }

    /// <summary>Everything that is wrong or doubtful, each at the C# line that wrote it.</summary>
    public EquatableArray<Diagnostic> Diagnostics { get; }

    /// <summary>True if no diagnostic is an error.</summary>
    public bool IsValid => !Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>The documents, in the order of the parts.</summary>
    /// <exception cref="InvalidPolicySetException">The set has errors.</exception>
    public EquatableArray<Manifest> Manifests
    {
        get
        {
            ThrowIfInvalid();
            return _documents;
        }
    }

    /// <summary>Defines a set. Another set is a part too: listing it includes its documents. A value that several sets include counts once.</summary>
    public static PolicySet Define(string name, ReadOnlySpan<IPolicyPart> parts, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        Lowering lowering = new();
        SourceLine at = new(file, line);
        if (!SetChecks.IsFileName(name))
        {
            lowering.Report(DslDiagnostics.BadSetName, $"policy set is named `{name}`, expected a name that a file can have", at);
        }

        foreach (IPolicyPart part in parts)
        {
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
            part.AddTo(lowering);
        }

        return new PolicySet(name, SetChecks.WithoutRepetitions(lowering.Documents), [.. lowering.Findings]);
    }

    /// <summary>A set of documents that come from elsewhere.</summary>
    public static PolicySet From(string name, IEnumerable<Manifest> manifests)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(manifests);
        return new PolicySet(name, [.. manifests], []);
    }

    /// <summary>
    /// The set with every policy staged and everything else unchanged: draft mode in one word. Policies that have no staged form are reported,
    /// because they would be enforced.
    /// </summary>
    public PolicySet Staged() => new(Name, [.. _documents.Select(Staging.Of)], [.. _findings, .. _documents.SelectMany(Staging.FaultsOf)]);

    /// <summary>True if both sets have the same documents in the same order.</summary>
    public bool Equals(PolicySet? other) => other is not null && _documents == other._documents;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PolicySet);

    /// <inheritdoc/>
    public override int GetHashCode() => _documents.GetHashCode();

    /// <summary>The set's name and size.</summary>
    public override string ToString() => $"{Name} ({_documents.Count} documents)";

    void IPolicyPart.AddTo(Lowering lowering)
    {
        lowering.Report(_findings);
        foreach (Manifest document in _documents)
        {
            lowering.Add(document);
        }
    }

    private void ThrowIfInvalid()
    {
        if (!IsValid)
        {
            throw new InvalidPolicySetException(Name, Diagnostics);
        }
    }
}
