using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using NetPolicy.Spec;

namespace NetPolicy.Differential.Tests;

/// <summary>What a run of rulesets tried.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _protocols = new(StringComparer.Ordinal);

    public Distribution Distribution { get; } = new();

    /// <summary>Worlds that hold something which cannot be said in rules.</summary>
    public int Refused { get; private set; }

    public void AddRefused() => Refused++;

    public int FlowsOf(string protocolAndFamily) => _protocols.GetValueOrDefault(protocolAndFamily);

    public void Add(LabComparisonRow row, SpecAnswer answer)
    {
        Distribution.Add(answer.Allowed, answer.Branches);
        _ = row;
    }

    public void AddProtocol(string name) => _protocols[name] = _protocols.GetValueOrDefault(name) + 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Refused} worlds refused\n" + string.Join(", ", _protocols.Select(p => $"{p.Key} {p.Value}")) + "\n" + Distribution;
}
