using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;

namespace NetPolicy.Validation;

/// <summary>ClusterNetworkPolicy v1alpha2 (cluster policy specification §2.4, §5).</summary>
internal static class ClusterNetworkPolicyRules
{
    private const int Most = 25;

    private static readonly string[] Actions = ["Accept", "Deny", "Pass"];

    public static void Check(ClusterNetworkPolicySpec? spec, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        if (spec is null)
        {
            PolicyApiRules.Require(path, "`tier`, `priority` and `subject`", context);
            return;
        }

        if (spec.Tier is null)
        {
            PolicyApiRules.Require(path.Child("tier"), "`Admin` or `Baseline`", context);
        }
        else if (spec.Tier is not ("Admin" or "Baseline"))
        {
            context.Add(Findings.InvalidClusterTier, path.Child("tier"), Cause.NotSupported, $"tier `{ScalarNode.Shorten(spec.Tier)}` is unknown, expected `Admin` or `Baseline`");
        }

        PolicyApiRules.CheckPriority(spec.Priority, context);
        PolicyApiRules.CheckSubject(spec.Subject, needsNamespaces: false, context);
        CheckRules(spec.Ingress ?? default, Direction.Ingress, path.Child("ingress"), context);
        CheckRules(spec.Egress ?? default, Direction.Egress, path.Child("egress"), context);
    }

    private static void CheckRules(EquatableArray<ClusterPolicyRule> rules, Direction direction, FieldPath path, ValidationContext context)
    {
        PolicyApiRules.CheckMost(rules.Count, Most, path, "rules", context);
        for (int i = 0; i < rules.Count; i++)
        {
            ClusterPolicyRule rule = rules[i];
            FieldPath at = path.At(i);
            PolicyApiRule known = new(direction, rule.Action, Most, NeedsNamespaces: false, HasDomainNames: true);
            PolicyApiRules.CheckRule(rule.Name, rule.Action, Actions, at, context);
            PolicyApiRules.CheckPeers(rule.Peers, at.Child(direction == Direction.Ingress ? "from" : "to"), known, context);
            PolicyApiRules.CheckNames(rule.Peers, (rule.Protocols ?? default).Any(p => p.DestinationNamedPort is not null), at, known, context);
            if (rule.Protocols is { } protocols)
            {
                CheckProtocols(protocols, at.Child("protocols"), context);
            }
        }
    }

    private static void CheckProtocols(EquatableArray<ClusterPolicyProtocol> protocols, FieldPath path, ValidationContext context)
    {
        PolicyApiRules.CheckCount(protocols.Count, Most, path, "protocols", context);
        for (int i = 0; i < protocols.Count; i++)
        {
            ClusterPolicyProtocol entry = protocols[i];
            FieldPath at = path.At(i);
            PolicyApiRules.CheckUnion(
                at,
                "protocol entry",
                ["tcp", "udp", "sctp", "destinationNamedPort"],
                [entry.Tcp is not null, entry.Udp is not null, entry.Sctp is not null, entry.DestinationNamedPort is not null],
                context);
            CheckMatch(entry.Tcp, "tcp", at, context);
            CheckMatch(entry.Udp, "udp", at, context);
            CheckMatch(entry.Sctp, "sctp", at, context);
            if (entry.DestinationNamedPort is { } name)
            {
                PolicyApiRules.CheckPortName(name, at.Child("destinationNamedPort"), context);
            }
        }
    }

    // §2.4: the text lets the port be absent, the schema does not.
    private static void CheckMatch(DestinationPortMatch? match, string protocol, FieldPath path, ValidationContext context)
    {
        if (match is null)
        {
            return;
        }

        FieldPath at = path.Child(protocol), port = at.Child("destinationPort");
        PolicyApiRules.CheckUnion(at, $"`{protocol}`", ["destinationPort"], [match.DestinationPort is not null], context);
        if (match.DestinationPort is not { } destination)
        {
            return;
        }

        PolicyApiRules.CheckUnion(port, "destination port", ["number", "range"], [destination.Number is not null, destination.Range is not null], context);
        if (destination.Number is { } number)
        {
            PolicyApiRules.CheckPort(number, port.Child("number"), context);
        }

        if (destination.Range is { } range)
        {
            FieldPath ends = port.Child("range");
            PolicyApiRules.CheckPort(range.Start, ends.Child("start"), context);
            PolicyApiRules.CheckPort(range.End, ends.Child("end"), context);
            if (range.Start >= range.End)
            {
                context.Add(
                    Findings.ClusterRangeOrder, ends, Cause.Invalid, $"port range starts at `{range.Start}` and ends at `{range.End}`, expected an end above the start");
            }
        }
    }
}
