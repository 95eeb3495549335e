using System.CommandLine;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol status</c>: what is loaded, whether it is what it should be, what is not enforced, and what each policy rule has counted.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        StateOptions state = new();
        GapOptions accepted = new();
        Option<string> output = CommonOptions.Output("text", "json");
        Option<bool> canary = new("--canary") { Description = "Send packets through a small cluster of network namespaces on this kernel, and say whether policy bites." };
        Command command = new("status", "Shows what is loaded, whether it drifted, what is not enforced and why, and the packets that each policy rule has counted.") { output, canary };
        state.AddTo(command);
        accepted.AddTo(command);
        command.SetAction(parsed =>
        {
            string? netns = state.Netns(parsed);
            IReadOnlyList<string> known = accepted.Accepted(parsed);
            using ManagedHost host = state.Host(parsed);
            HostStatus status = host.Status();
            known = [.. known, .. status.Accepted];
            HostFacts facts = HostFacts.Read(netns);
            FilterFacts filters = FilterFacts.Read(netns, status.Loaded.Table);
            IReadOnlyList<EnforcementGap> gaps = EnforcementGaps.Find(facts, filters, status.Workloads, status.Confirmed?.Options.Bridges ?? default);
            IReadOnlyList<Diagnostic> drops = EnforcementGaps.ForeignDrops(filters);
            CanaryResult? bird = parsed.GetValue(canary) ? Canary.Send() : null;
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => StatusJson.Write(json, status, gaps, drops, bird));
            }
            else
            {
                StatusText.Write(Console.Out, state.Where(parsed), status, gaps, drops, bird);
            }

            bool isFine = status.Loaded.IsInstalled
                && status.Armed != ArmedPhase.RolledBack
                && status.Drift is null or { IsEmpty: true }
                && gaps.All(g => g.Judged(known).Severity != DiagnosticSeverity.Error)
                && bird is null or { Bites: true };
            return isFine ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }
}
