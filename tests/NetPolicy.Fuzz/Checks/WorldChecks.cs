using NetPolicy.Analysis;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Judging with what was read.</summary>
internal static class WorldChecks
{
    private static readonly string[] s_addresses = ["10.0.0.1", "203.0.113.9", "fd00::1", "0.0.0.0", "255.255.255.255", "::ffff:10.0.0.1"];
    private static readonly string?[] s_protocols = [null, "TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "6", "250"];
    private static readonly int?[] s_ports = [null, 0, 1, 53, 80, 443, 8080, 65535];

    public static void Run(ManifestReadResult read, Dice dice, bool isSmall)
    {
        Admit(read, dice);
        Manifest[] manifests = [.. read.Manifests.Where(m => m is not ExpectationManifest)];
        if (manifests.Length == 0)
        {
            return;
        }

        Judge(Snapshot.Of(manifests), dice);
        if (isSmall && IsValid(read))
        {
            Analyse(Snapshot.Of(manifests), dice);
        }
    }

    private static void Admit(ManifestReadResult read, Dice dice)
    {
        Admission rejecting = Admission.Of(read, InvalidPolicyMode.Reject), isolating = Admission.Of(read, InvalidPolicyMode.IsolateSubject), skipping = Admission.Of(read, InvalidPolicyMode.Skip);
        bool hasErrors = rejecting.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
        Hold.That(rejecting.IsRejected == hasErrors, "errors reject", $"{hasErrors}");
        Hold.That(!skipping.IsRejected, "skipping goes on", "it rejects");
        Hold.That(hasErrors == !skipping.SetAside.IsEmpty && hasErrors == !isolating.SetAside.IsEmpty, "what is set aside is told", $"errors {hasErrors}, {skipping.SetAside.Count} skipped, {isolating.SetAside.Count} isolated");
        Hold.That(skipping.SetAside.All(s => s.Treatment == SetAsideTreatment.Skipped), "skipped is skipped", "something else");
        Hold.That(isolating.IsRejected == isolating.SetAside.Any(s => s.Treatment == SetAsideTreatment.Rejected), "one rejects all", $"{isolating.IsRejected}");
        if (hasErrors && !isolating.IsRejected)
        {
            Judge(Snapshot.Of(isolating), dice);
            Judge(Snapshot.Of(skipping), dice);
        }
    }

    private static void Judge(Snapshot snapshot, Dice dice)
    {
        string[] names = Names(snapshot.Cluster);
        for (int i = 0; i < 6; i++)
        {
            FlowRequest request = new()
            {
                From = dice.Pick<string>(names),
                To = dice.Pick<string>(names),
                Protocol = dice.Pick<string?>(s_protocols),
                Port = dice.Pick<int?>(s_ports),
                SourcePort = dice.Chance(20) ? 40000 : null,
                IcmpType = dice.Chance(20) ? 8 : null,
            };
            if (snapshot.TryResolve(request, out Flow flow, out string? error))
            {
                Evaluation evaluation = snapshot.Evaluate(flow);
                Explanation explanation = Explanation.Of(snapshot, flow);
                Hold.That(explanation.Evaluation == evaluation, "explaining is evaluating", request.Describe());
                Hold.That(evaluation.Verdict is Verdict.Allow or Verdict.Deny, "every flow has a verdict", request.Describe());
            }
            else
            {
                Hold.That(error.Length > 0, "what cannot be resolved says why", request.Describe());
            }
        }
    }

    private static void Analyse(Snapshot snapshot, Dice dice)
    {
        if (dice.Chance(10))
        {
            foreach (Diagnostic finding in Lint.Run(snapshot))
            {
                Hold.That(finding.Message.Length > 0, "a finding has a message", finding.Id);
            }
        }

        if (dice.Chance(4) && snapshot.Cluster.Selectables.Count <= 16 && snapshot.Policies.Count <= 16)
        {
            Hold.That(Connectivity.Of(snapshot).Groups.Count > 0, "a matrix has groups", "none");
        }

        if (dice.Chance(6) && snapshot.Cluster.Nodes.Count > 0)
        {
            CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, dice.PickFrom(snapshot.Cluster.Nodes).Name);
            Hold.That(NftWriter.Write(ruleset).Length > 0, "a ruleset has a text", ruleset.Node);
        }
    }

    private static bool IsValid(ManifestReadResult read) =>
        !read.HasErrors && !Validator.Validate(read).Concat(ManifestChecks.Duplicates(read.Manifests)).Any(d => d.Severity == DiagnosticSeverity.Error);

    private static string[] Names(Cluster cluster) =>
    [
        .. cluster.Endpoints.Take(6).Select(e => e.Name), .. cluster.Nodes.Take(2).Select(n => "host:" + n.Name),
        .. cluster.Services.Take(3).Select(s => $"svc:{s.Namespace}/{s.Name}"), .. s_addresses,
    ];
}
