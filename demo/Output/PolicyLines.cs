using System.Text.RegularExpressions;
using NetPolicy.Addresses;
using NetPolicy.Demo.Stages;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Demo.Output;

/// <summary>What policies say, a line each.</summary>
internal static partial class PolicyLines
{
    /// <summary>Writes the policies that the state it is compared with does not have.</summary>
    public static void Write(TextWriter output, Stage stage)
    {
        Policy[] known = [.. stage.Reference?.Snapshot.Policies ?? []];
        foreach (Policy policy in stage.Snapshot.Policies.Where(policy => !known.Any(other => other.Source == policy.Source)))
        {
            Lines.Write(output, $"{policy.Id.Name}: {Of(policy)}", 2);
        }

        foreach (Policy policy in known.Where(policy => !stage.IsVariant && !stage.Snapshot.Policies.Any(other => other.Id == policy.Id)))
        {
            output.WriteLine($"  without {policy.Id.Name}");
        }
    }

    private static string Of(Policy policy)
    {
        string stage = (policy.IsStaged ? " (draft)" : "") + (policy.IsUntracked ? " (untracked)" : policy.IsPreDnat ? " (before DNAT)" : "");
        string ingress = policy.TakesIngress ? "; in " + Of(policy.Ingress) : "";
        string egress = policy.TakesEgress ? "; out " + Of(policy.Egress) : "";
        return Of(policy.Subject) + stage + ingress + egress;
    }

    private static string Of(IReadOnlyList<Rule> rules) =>
        rules.Count == 0 ? "nothing" : string.Join(" or ", rules.Select(Of).Distinct());

    private static string Of(Rule rule)
    {
        string[] peers = [.. rule.Alternatives.Select(match => Peer(rule.Direction == Direction.Ingress ? match.Source : match.Destination)).Distinct()];
        string[] ports = [.. rule.Alternatives.Select(Port).Where(port => port.Length > 0).Distinct()];
        string action = rule.Action == RuleAction.Allow ? "" : rule.Action.ToString().ToLowerInvariant() + " ";
        return action + string.Join(" or ", peers) + (ports.Length > 0 ? " on " + string.Join(", ", ports) : "");
    }

    private static string Peer(EndMatch end) =>
        end.IsAnyAddress ? "anyone"
        : end.Nets is { } nets ? string.Join(", ", nets.AsEnumerable().Select(net => net.Length == 0 ? $"any {net.Family}" : net.ToString()))
        : end.Selector is { } selector ? Of(selector)
        : "others";

    private static string Port(RuleMatch match) =>
        match.Protocol is not { } protocol ? ""
        : match.Destination.Ports is not { } ports || ports.Numbers == PortSet.All ? protocol.ToString()
        : $"{protocol} {string.Join(",", ports.Numbers.Ranges.AsEnumerable().Select(range => range.ToString()).Concat(ports.Names))}";

    private static string Of(EndpointSelector selector)
    {
        if (selector is not KubernetesPods pods)
        {
            return Short(selector.ToString()!);
        }

        string labels = Short(pods.PodLabels.ToString());
        string where = pods.Namespace ?? (pods.NamespaceLabels is null ? "any namespace" : Short(pods.NamespaceLabels.ToString()));
        return labels == "all" ? $"pods of {where}" : $"{labels} of {where}";
    }

    private static string Short(string selector) => WithoutBrackets(Known().Replace(Quotes().Replace(selector, "$1$2"), "")
        .Replace("==", "=", StringComparison.Ordinal)
        .Replace(" && ", ", ", StringComparison.Ordinal)
        .Replace("all()", "all", StringComparison.Ordinal)
        .Replace("pcns.kubernetes.io/metadata.name", "namespace", StringComparison.Ordinal)
        .Replace("has(namespace), ", "", StringComparison.Ordinal));

    private static string WithoutBrackets(string text) =>
        text.StartsWith('(') && text.IndexOf(')', StringComparison.Ordinal) == text.Length - 1 ? text[1..^1] : text;

    [GeneratedRegex("""\s*([=!]=)\s*["']([^"']*)["']""")]
    private static partial Regex Quotes();

    [GeneratedRegex(@"projectcalico\.org/")]
    private static partial Regex Known();
}
