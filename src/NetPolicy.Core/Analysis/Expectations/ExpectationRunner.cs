using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Policies;

namespace NetPolicy.Analysis.Expectations;

/// <summary>Judges the checks and flows of an <see cref="ExpectedWorld"/>.</summary>
public static class ExpectationRunner
{
    /// <summary>One result for each check and each flow, in written order.</summary>
    public static IReadOnlyList<ExpectationResult> Run(ExpectedWorld world, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(world);
        Snapshot snapshot = Snapshot.Of(world.Manifests, options);
        return [.. world.Checks.Select(c => Run(world, snapshot, c)), .. world.Flows.Select(f => Run(world, snapshot, f))];
    }

    /// <summary>The flow in the words of <c>eval</c>.</summary>
    public static FlowRequest ToRequest(ExpectedFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return new FlowRequest
        {
            From = flow.From,
            To = flow.To,
            Protocol = flow.Protocol.ToString(),
            Port = flow.Port,
            SourcePort = flow.SourcePort,
            IcmpType = flow.IcmpType,
            IcmpCode = flow.IcmpCode,
            IpFamily = Text(flow.IpFamily),
            OutInterface = flow.OutInterface,
            InInterface = flow.InInterface,
            HttpMethod = flow.HttpMethod,
            HttpPath = flow.HttpPath,
        };
    }

    /// <summary>The flows that a check probes: every ordered pair of different pods, and whether it must connect.</summary>
    public static IEnumerable<(FlowRequest Flow, bool IsAllowed)> Pairs(Cluster cluster, ExpectedCheck check)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(check);
        HashSet<ExpectedPair> denied = [.. check.Denied];
        Endpoint[] pods = [.. cluster.Endpoints.Where(e => e.Kind == EndpointKind.Pod)];
        return from source in pods
               from destination in pods
               where source != destination
               select (
                   new FlowRequest
                   {
                       From = source.Name,
                       To = destination.Name,
                       Protocol = check.Protocol.ToString(),
                       Port = check.Port,
                       IpFamily = Text(check.IpFamily),
                   },
                   !denied.Contains(new ExpectedPair(source.Name, destination.Name)));
    }

    private static ExpectationResult Run(ExpectedWorld world, Snapshot snapshot, ExpectedCheck check)
    {
        List<ExpectationFailure> failures = [];
        foreach (ExpectedPair pair in check.Denied)
        {
            if (snapshot.Cluster.FindEndpoint(pair.From) is null || snapshot.Cluster.FindEndpoint(pair.To) is null)
            {
                failures.Add(new ExpectationFailure($"`{pair.From}` to `{pair.To}` is expected to be denied, but not both are pods of the cluster", null));
            }
        }

        foreach ((FlowRequest flow, bool isAllowed) in Pairs(snapshot.Cluster, check))
        {
            AddFailure(failures, snapshot, flow, isAllowed, null);
        }

        string what = string.Create(CultureInfo.InvariantCulture, $"check {check.Protocol} {check.Port} {Text(check.IpFamily)}");
        return new ExpectationResult(world.Name, what, failures.Count == 0, failures);
    }

    private static ExpectationResult Run(ExpectedWorld world, Snapshot snapshot, ExpectedFlow flow)
    {
        List<ExpectationFailure> failures = [];
        FlowRequest request = ToRequest(flow);
        AddFailure(failures, snapshot, request, flow.Expect == ExpectedVerdict.Allow, flow.Rule);
        return new ExpectationResult(world.Name, $"flow {Describe(request)}", failures.Count == 0, failures);
    }

    private static void AddFailure(List<ExpectationFailure> failures, Snapshot snapshot, FlowRequest request, bool isAllowed, ExpectedRule? rule)
    {
        if (!snapshot.TryResolve(request, out Flow flow, out string? error))
        {
            failures.Add(new ExpectationFailure($"{Describe(request)}: {error}", null));
            return;
        }

        Evaluation evaluation = snapshot.Evaluate(flow);
        string expected = isAllowed ? "allow" : "deny", actual = evaluation.IsAllowed ? "allow" : "deny";
        if (expected != actual)
        {
            failures.Add(new ExpectationFailure($"{Describe(request)}: expected {expected}, got {actual}", Explanation.Of(snapshot, flow)));
        }
        else if (rule is not null && !IsDecidedBy(evaluation.Decider, rule))
        {
            failures.Add(new ExpectationFailure(
                $"{Describe(request)}: expected {expected} by {Describe(rule)}, got it by {evaluation.Decider.Rule?.ToString() ?? "no rule"}",
                Explanation.Of(snapshot, flow)));
        }
    }

    private static bool IsDecidedBy(EndDecision decision, ExpectedRule rule) =>
        decision.By is { } by
        && (rule.Kind is null || rule.Kind == by.Kind)
        && (rule.Namespace is null || rule.Namespace == by.EffectiveNamespace)
        && (rule.Name is null || rule.Name == by.Metadata.Name)
        && (rule.Direction is null || rule.Direction == (decision.RuleDirection == Direction.Ingress ? "ingress" : "egress"))
        && (rule.Index is null || rule.Index == decision.RuleIndex);

    private static string Describe(ExpectedRule rule)
    {
        string name = rule.Namespace is null ? rule.Name ?? "" : $"{rule.Namespace}/{rule.Name}";
        string place = rule.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"{rule.Direction}[{index}]") : rule.Direction ?? "";
        return string.Join(' ', new[] { rule.Kind ?? "", name, place }.Where(part => part.Length > 0));
    }

    private static string Describe(FlowRequest flow)
    {
        string family = flow.IpFamily is { } f ? " " + f : "";
        return string.Create(CultureInfo.InvariantCulture, $"{flow.From} -> {flow.To} {flow.Protocol} {flow.Port}{family}");
    }

    private static string? Text(IpFamily family) => family == IpFamily.None ? null : family.ToString();
}
