using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using NetPolicy.Spec;

namespace NetPolicy.Differential.Tests;

/// <summary>What a run of rulesets tried.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _traffic = new(StringComparer.Ordinal);
    private readonly Distribution _distribution = new();
    private int _worlds;
    private int _refused;

    /// <summary>Counts a world that holds something which cannot be said in rules.</summary>
    public void AddRefused() => _refused++;

    /// <summary>Counts a world that was tried.</summary>
    public void AddWorld() => _worlds++;

    /// <summary>Counts a flow that was tried.</summary>
    public void Add(LabComparisonRow row, LabMapping mapping, SpecAnswer answer)
    {
        bool isSix = mapping.Probes.First().Destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        string traffic = mapping.Flow.Protocol + (isSix ? " IPv6" : " IPv4");
        _traffic[traffic] = _traffic.GetValueOrDefault(traffic) + 1;
        _distribution.Add(row.Engine.IsAllowed, answer.Branches);
    }

    /// <summary>What is wrong with the run: too few worlds or flows, too one-sided, or traffic that hardly occurs. Null if nothing is.</summary>
    public string? Complain(int worlds, int flows)
    {
        List<string> complaints = [];
        if (_refused * 10 > worlds)
        {
            complaints.Add($"{_refused} of {worlds} worlds cannot be said in rules");
        }

        if (_distribution.Flows < (long)worlds * flows * 3 / 4)
        {
            complaints.Add($"{_distribution.Flows} flows of {_worlds} worlds are tried, of {worlds} worlds with {flows} each");
        }

        foreach (string traffic in (string[])["TCP IPv4", "TCP IPv6", "UDP IPv4", "UDP IPv6", "SCTP IPv4", "SCTP IPv6", "ICMP IPv4", "ICMPv6 IPv6"])
        {
            if (_traffic.GetValueOrDefault(traffic) * 100 < _distribution.Flows)
            {
                complaints.Add($"{_traffic.GetValueOrDefault(traffic)} of {_distribution.Flows} flows are {traffic}");
            }
        }

        if (_distribution.Complain([]) is { } oneSided)
        {
            complaints.Add(oneSided);
        }

        return complaints.Count == 0 ? null : string.Join("\n", complaints);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_worlds} worlds, {_refused} that cannot be said in rules; {string.Join(", ", _traffic.Select(t => $"{t.Key} {t.Value}"))}\n{_distribution}");
}
