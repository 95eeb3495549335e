using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;

namespace NetPolicy.Validation;

/// <summary>AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1 (cluster policy specification §2.3, §3, §4).</summary>
internal static class AdminNetworkPolicyRules
{
    private const int Most = 100;

    private static readonly string[] AdminActions = ["Allow", "Deny", "Pass"];
    private static readonly string[] BaselineActions = ["Allow", "Deny"];

    public static void Check(AdminNetworkPolicyManifest policy, ValidationContext context) => Check(policy.Spec, isBaseline: false, context);

    public static void Check(BaselineAdminNetworkPolicyManifest policy, ValidationContext context)
    {
        if (policy.Metadata.Name is { Length: > 0 } name && name != "default")
        {
            context.Add(
                Findings.BaselineName, FieldPath.Metadata("name"), Cause.Invalid, $"BaselineAdminNetworkPolicy is called `{ScalarNode.Shorten(name)}`, expected `default`");
        }

        Check(policy.Spec, isBaseline: true, context);
    }

    private static void Check(AdminNetworkPolicySpec? spec, bool isBaseline, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        if (spec is null)
        {
            PolicyApiRules.Require(path, isBaseline ? "`subject`" : "`priority` and `subject`", context);
            return;
        }

        if (!isBaseline)
        {
            PolicyApiRules.CheckPriority(spec.Priority, context);
        }

        PolicyApiRules.CheckSubject(spec.Subject, needsNamespaces: true, context);
        CheckRules(spec.Ingress ?? default, Direction.Ingress, isBaseline, path.Child("ingress"), context);
        CheckRules(spec.Egress ?? default, Direction.Egress, isBaseline, path.Child("egress"), context);
    }

    private static void CheckRules(EquatableArray<AdminPolicyRule> rules, Direction direction, bool isBaseline, FieldPath path, ValidationContext context)
    {
        PolicyApiRules.CheckMost(rules.Count, Most, path, "rules", context);
        for (int i = 0; i < rules.Count; i++)
        {
            AdminPolicyRule rule = rules[i];
            FieldPath at = path.At(i);
            PolicyApiRule known = new(direction, rule.Action, Most, NeedsNamespaces: true, HasDomainNames: !isBaseline);
            PolicyApiRules.CheckRule(rule.Name, rule.Action, isBaseline ? BaselineActions : AdminActions, at, context);
            PolicyApiRules.CheckPeers(rule.Peers, at.Child(direction == Direction.Ingress ? "from" : "to"), known, context);
            PolicyApiRules.CheckNames(rule.Peers, (rule.Ports ?? default).Any(p => p.NamedPort is not null), at, known, context);
            if (rule.Ports is { } ports)
            {
                CheckPorts(ports, at.Child("ports"), known, context);
            }
        }
    }

    private static void CheckPorts(EquatableArray<AdminPolicyPort> ports, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        PolicyApiRules.CheckCount(ports.Count, Most, path, "ports", context);
        for (int i = 0; i < ports.Count; i++)
        {
            AdminPolicyPort entry = ports[i];
            FieldPath at = path.At(i);
            PolicyApiRules.CheckUnion(
                at, "port entry", ["portNumber", "portRange", "namedPort"], [entry.PortNumber is not null, entry.PortRange is not null, entry.NamedPort is not null], context);
            if (entry.PortNumber is { } number)
            {
                CheckProtocol(number.Protocol, at.Child("portNumber").Child("protocol"), rule, context);
                PolicyApiRules.CheckPort(number.Port, at.Child("portNumber").Child("port"), context);
            }

            if (entry.PortRange is { } range)
            {
                CheckRange(range, at.Child("portRange"), rule, context);
            }

            if (entry.NamedPort is { } name)
            {
                PolicyApiRules.CheckPortName(name, at.Child("namedPort"), context);
            }
        }
    }

    private static void CheckRange(AdminPortRange range, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        CheckProtocol(range.Protocol, path.Child("protocol"), rule, context);
        PolicyApiRules.CheckPort(range.Start, path.Child("start"), context);
        PolicyApiRules.CheckPort(range.End, path.Child("end"), context);
        if (range.Start >= range.End)
        {
            string consequence = range.Start == range.End ? "it is that one port" : "it matches no port";
            context.Add(
                Findings.AdminRangeOrder, path, Cause.Invalid, $"port range starts at `{range.Start}` and ends at `{range.End}`, expected an end above the start; {consequence}");
        }
    }

    private static void CheckProtocol(string? protocol, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        if (protocol is not (null or "TCP" or "UDP" or "SCTP"))
        {
            context.Add(
                Findings.ProtocolFailsClosed,
                path,
                Cause.NotSupported,
                $"protocol `{ScalarNode.Shorten(protocol)}` is unknown, expected `TCP`, `UDP` or `SCTP`; {rule.Consequence}");
        }
    }
}
