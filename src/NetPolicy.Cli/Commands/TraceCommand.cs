using System.CommandLine;
using NetPolicy.Addresses;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tracing;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol trace</c>: one packet's path through hooks, chains and rules, interpreted or as the kernel tells it.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        FlowOptions flows = new();
        StateOptions state = new();
        Option<string> output = CommonOptions.Output("text", "json");
        Option<bool> kernel = new("--kernel") { Description = "Follow a real packet on this machine, as its kernel tells it; --from and --to are addresses." };
        Option<string> wait = new("--wait") { Description = "With --kernel: how long to wait for a packet.", DefaultValueFactory = _ => "30s" };
        Argument<string[]> paths = CommonOptions.Paths();
        paths.Arity = ArgumentArity.ZeroOrMore;
        Command command = new("trace", "Shows the path of one packet through hooks, chains and rules, with the policy rule that each stands for and where it is written.")
        {
            output, kernel, wait, paths,
        };
        flows.AddTo(command);
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            FlowRequest request = flows.Read(parsed);
            string[] files = parsed.GetValue(paths) ?? [];
            bool isJson = parsed.GetValue(output) == "json";
            if (!parsed.GetValue(kernel))
            {
                return files.Length > 0 ? Interpret(request, files, isJson) : throw new UnusableException("no documents are given, and no --kernel: there is nothing to follow a packet through");
            }

            return Follow(state, parsed, request, DurationText.Read("--wait", parsed.GetValue(wait)!), isJson);
        });
        return command;
    }

    private static int Interpret(FlowRequest request, string[] files, bool isJson)
    {
        Snapshot snapshot = Snapshot.Of(World.Load(files));
        PacketTrace trace = PacketTrace.Interpret(snapshot, request, null, out string? whyNot) ?? throw new UnusableException($"the packet cannot be followed: {whyNot}");
        if (isJson)
        {
            Json.WriteDocument(json => TraceJson.Write(json, trace));
            return trace.Passed ? ExitCode.Fine : ExitCode.Findings;
        }

        Console.Out.WriteLine($"{Paint.Verdict(trace.Passed)}  {FlowText.Of(request)}");
        foreach (PacketTraceNode node in trace.Nodes)
        {
            Console.Out.WriteLine($"node {node.Node}: {node.Outcome}");
            TraceText.Write(Console.Out, node.Steps);
        }

        return trace.Passed ? ExitCode.Fine : ExitCode.Findings;
    }

    private static int Follow(StateOptions state, ParseResult parsed, FlowRequest request, TimeSpan time, bool isJson)
    {
        if (!IpAddress.TryParse(request.From, out IpAddress from) || !IpAddress.TryParse(request.To, out IpAddress to))
        {
            throw new UnusableException("--kernel needs addresses in --from and --to: the kernel knows no names");
        }

        if (!Ports.Protocol.TryParse((request.Protocol ?? "TCP").ToUpperInvariant(), out Ports.Protocol protocol))
        {
            throw new UnusableException($"`{request.Protocol}` is no protocol");
        }

        IReadOnlyDictionary<string, RuleOrigin> written = state.Store(parsed)?.Read(StateSlot.Confirmed)?.Ruleset.RuleComments ?? new Dictionary<string, RuleOrigin>();
        using KernelTrace trace = new(state.Netns(parsed), from, to, protocol, (ushort?)request.Port);
        Console.Error.WriteLine($"netpol: waiting for a packet on {state.Where(parsed)}");
        IReadOnlyList<PacketTraceStep> steps = trace.Next(time, written);
        if (steps.Count == 0)
        {
            Console.Error.WriteLine("netpol: no such packet came");
            return ExitCode.Findings;
        }

        if (isJson)
        {
            Json.WriteDocument(json =>
            {
                json.WriteStartObject();
                TraceJson.WriteSteps(json, [.. steps]);
                json.WriteEndObject();
            });
        }
        else
        {
            TraceText.Write(Console.Out, steps);
        }

        return ExitCode.Fine;
    }
}
