using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Policies;

/// <summary>One rule as its author numbered it. It matches a flow if any of its alternatives does.</summary>
public sealed class Rule
{
    internal Rule(Manifest source, Direction direction, int index, RuleAction action, IReadOnlyList<RuleMatch> alternatives)
    {
        Source = source;
        Direction = direction;
        Index = index;
        Action = action;
        Alternatives = alternatives;
    }

    /// <summary>The document it is written in: a policy or a profile.</summary>
    public Manifest Source { get; }

    /// <summary>Ingress or egress.</summary>
    public Direction Direction { get; }

    /// <summary>Zero-based place in its list.</summary>
    public int Index { get; }

    /// <summary>What it asks for.</summary>
    public RuleAction Action { get; }

    /// <summary>The name its author gave it; null if it has none. Means nothing.</summary>
    public string? Name { get; internal init; }

    /// <summary>
    /// True if a part of it cannot be understood, so that it allows nothing, or denies all that its policy can see whatever action is written
    /// (cluster policy specification §2.2).
    /// </summary>
    public bool FailsClosed { get; internal init; }

    /// <summary>Conditions, any of which suffices. A Calico rule has one, a Kubernetes rule one for each peer and port entry.</summary>
    public IReadOnlyList<RuleMatch> Alternatives { get; }

    /// <summary>Field path of the rule, such as <c>spec.ingress[0]</c>.</summary>
    public string Path =>
        string.Create(CultureInfo.InvariantCulture, $"spec.{(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]");

    /// <summary>Where the rule is written.</summary>
    public SourceSpan Span => Source.SpanOf(Path);

    /// <summary><c>NetworkPolicy shop/web ingress[0]</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Source.Id} {(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]");
}
