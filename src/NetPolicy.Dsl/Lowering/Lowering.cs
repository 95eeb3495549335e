using System.Globalization;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>Collects the documents and the findings of the parts of a set, in order.</summary>
internal sealed class Lowering
{
    private readonly List<Manifest> _documents = [];
    private readonly List<Diagnostic> _findings = [];
    private readonly HashSet<Diagnostic> _reported = [];

    public IReadOnlyList<Manifest> Documents => _documents;

    public IReadOnlyList<Diagnostic> Findings => _findings;

    public void Add(Manifest document) => _documents.Add(document);

    /// <summary>Adds a part's documents in their staged form.</summary>
    public void AddStaged(IPolicyPart part)
    {
        Lowering enforced = new();
        part.AddTo(enforced);
        _documents.AddRange(enforced._documents.Select(Staging.Of));
        Report(enforced._findings);
    }

    public void Report(DiagnosticDescriptor descriptor, string message, SourceLine line, params ReadOnlySpan<SourceLine> related)
    {
        List<SourceSpan> spans = [];
        foreach (SourceLine other in related)
        {
            spans.Add(other.ToSpan());
        }

        Report([new Diagnostic(descriptor, message, line.ToSpan()) { Related = [.. spans] }]);
    }

    /// <summary>Adds findings; one that a shared value brought before is told once.</summary>
    public void Report(IEnumerable<Diagnostic> findings)
    {
        foreach (Diagnostic finding in findings)
        {
            if (_reported.Add(finding))
            {
                _findings.Add(finding);
            }
        }
    }

    public void CheckOrder(PolicyOrder order, SourceLine line)
    {
        if (order.Band is { } band && !band.Contains(order.Value))
        {
            Report(
                DslDiagnostics.OrderOutsideBand,
                string.Create(CultureInfo.InvariantCulture, $"order {order.Value} is outside the band `{band.Name}`, expected {band.First} to {band.Last}"),
                line,
                band.Line);
        }
    }

    /// <summary>Reports values that a Calico selector would accept and no label can have.</summary>
    public void CheckValues(SelectorNode selector, SourceLine line)
    {
        foreach (RequirementNode requirement in selector.Requirements)
        {
            bool whole = requirement.Operator is RequirementOperator.Equal or RequirementOperator.NotEqual or RequirementOperator.In or RequirementOperator.NotIn;
            foreach (string value in requirement.Values)
            {
                if (whole ? !LabelText.IsValue(value) : !LabelText.IsPartOfValue(value))
                {
                    Report(DslDiagnostics.ImpossibleLabelValue, $"label `{requirement.Key}` is compared with `{value}`, expected what a label value can be", line);
                }
            }
        }
    }
}
