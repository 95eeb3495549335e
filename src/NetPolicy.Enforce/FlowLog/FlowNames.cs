using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.FlowLog;

/// <summary>Says of a reported packet who its ends are, which rule reported it, and what staged policy would decide.</summary>
public sealed class FlowNames
{
    private readonly Dictionary<IpAddress, string> _names = [];
    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private readonly CompiledRuleset _ruleset;
    private readonly PendingAnswers? _pending;

    /// <summary>Names for a ruleset.</summary>
    /// <param name="ruleset">The ruleset that reports.</param>
    /// <param name="snapshot">The world that addresses are named by; null for none.</param>
    /// <param name="pending">The same world with its staged policies in force; null if there are none.</param>
    public FlowNames(CompiledRuleset ruleset, Snapshot? snapshot = null, Snapshot? pending = null)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        _ruleset = ruleset;
        _pending = pending is null ? null : new PendingAnswers(pending);
        foreach (RuleChain chain in ruleset.Table.Chains)
        {
            if (chain.Rules.Count > 0 && chain.Rules[0].Comment is { } comment)
            {
                _rules[chain.Name] = comment;
            }
        }

        foreach (Node node in snapshot?.Cluster.Nodes ?? [])
        {
            foreach (IpAddress address in node.Addresses)
            {
                _names.TryAdd(address, "host:" + node.Name);
            }
        }

        foreach (Endpoint endpoint in snapshot?.Cluster.Endpoints ?? [])
        {
            foreach (IpAddress address in endpoint.IsWorkload ? endpoint.Addresses : default)
            {
                _names[address] = endpoint.Name;
            }
        }
    }

    /// <summary>The record of one packet.</summary>
    public FlowRecord Of(LoggedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        (Verdict verdict, string rule) = Decision(packet.Prefix);
        FlowRecord record = new()
        {
            From = _names.GetValueOrDefault(packet.Source) ?? packet.Source.ToString(),
            FromAddress = packet.Source,
            To = _names.GetValueOrDefault(packet.Destination) ?? packet.Destination.ToString(),
            ToAddress = packet.Destination,
            Protocol = packet.Protocol,
            Port = packet.DestinationPort,
            IcmpType = packet.IcmpType,
            Verdict = verdict,
            Rule = rule,
            Span = _ruleset.RuleComments.TryGetValue(rule, out RuleOrigin? origin) ? origin.Span : default,
        };
        return _pending is null ? record : record with { Pending = _pending.Of(packet) };
    }

    // Our prefixes are `netpol D r_0123456789ab `; a Log rule's is its comment.
    private (Verdict Verdict, string Rule) Decision(string prefix)
    {
        string[] words = prefix.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is ["netpol", "D" or "A", var chain]
            ? (words[1] == "A" ? Verdict.Allow : Verdict.Deny, _rules.GetValueOrDefault(chain) ?? chain)
            : (Verdict.Undecided, prefix.Trim());
    }

    private sealed class PendingAnswers(Snapshot snapshot)
    {
        public Verdict? Of(LoggedPacket packet) => snapshot.TryResolve(
            new FlowRequest
            {
                From = packet.Source.ToString(),
                To = packet.Destination.ToString(),
                Protocol = packet.Protocol.ToString(),
                Port = packet.DestinationPort,
                SourcePort = packet.SourcePort,
                IcmpType = packet.IcmpType,
            },
            out Flow flow,
            out _)
            ? snapshot.Evaluate(flow).Verdict
            : null;
    }
}
