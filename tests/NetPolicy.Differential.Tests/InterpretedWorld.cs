using System.Net;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Differential.Tests;

/// <summary>What rulesets make of packets, asked again and again with other rulesets.</summary>
internal sealed class InterpretedWorld(LabTopology topology, IReadOnlyDictionary<string, string> rulesets)
{
    private readonly LabInterpreter _interpreter = new(
        topology, rulesets.ToDictionary(pair => pair.Key, pair => NftRuleset.Parse(pair.Value), StringComparer.Ordinal));

    /// <summary>What becomes of one flow.</summary>
    public LabFinding Try(LabMapping mapping)
    {
        List<LabResult> results = [];
        foreach (LabPath path in mapping.Paths)
        {
            IPEndPoint? backend = path.Backend is { } known ? new IPEndPoint(IPAddress.Parse(known.Address.ToString()), known.Port) : null;
            results.AddRange(path.Legs.Select(leg => _interpreter.Run(leg.Probe, backend).Result));
        }

        return mapping.Judge(results);
    }
}
