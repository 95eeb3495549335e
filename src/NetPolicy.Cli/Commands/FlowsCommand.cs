using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce;
using NetPolicy.Enforce.FlowLog;
using NetPolicy.Enforce.State;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol flows</c>: connections that the rules report, as JSON Lines.</summary>
internal static class FlowsCommand
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        StateOptions state = new();
        Option<string?> from = new("--from") { Description = "Only connections from this name or address." };
        Option<string?> to = new("--to") { Description = "Only connections to this name or address." };
        Option<int?> port = new("--port") { Description = "Only connections to this port." };
        Option<string?> verdict = new("--verdict") { Description = "Only connections with this verdict: allow, deny or log." };
        Option<string> window = new("--window") { Description = "Seconds that are added up: 5, 30 or 60.", DefaultValueFactory = _ => "5" };
        Option<string?> time = new("--for") { Description = "Stop after this time, such as 30s; absent, go on until interrupted." };
        Option<int> group = new("--group") { Description = "Group of the packet log that rules report to.", DefaultValueFactory = _ => EnforcementOptions.DefaultFlowLogGroup };
        verdict.AcceptOnlyFromAmong("allow", "deny", "log");
        window.AcceptOnlyFromAmong("5", "30", "60");
        Argument<string[]> paths = CommonOptions.Paths();
        paths.Arity = ArgumentArity.ZeroOrMore;
        Command command = new("flows", "Reports denied connections, and with `apply --flow-log all` allowed ones, with the names of both ends and the rule that decided.")
        {
            from, to, port, verdict, window, time, group, paths,
        };
        state.AddTo(command);
        command.SetAction(parsed =>
        {
            TimeSpan? limit = parsed.GetValue(time) is { } text ? DurationText.Read("--for", text) : null;
            if (parsed.GetValue(group) is < 0 or > ushort.MaxValue)
            {
                throw new UnusableException(string.Create(CultureInfo.InvariantCulture, $"--group {parsed.GetValue(group)} is no group, expected 0 to 65535"));
            }

            FlowNames names = Names(state.Store(parsed), parsed.GetValue(paths) ?? []);
            bool Wanted(FlowRecord record) =>
                (parsed.GetValue(from) is not { } source || source == record.From || source == record.FromAddress.ToString())
                && (parsed.GetValue(to) is not { } destination || destination == record.To || destination == record.ToAddress.ToString())
                && (parsed.GetValue(port) is not { } number || number == record.Port)
                && (parsed.GetValue(verdict) is not { } word || word == WordOf(record.Verdict));
            using PacketLogReader reader = new(state.Netns(parsed), (ushort)parsed.GetValue(group));
            Console.Error.WriteLine($"netpol: listening on {state.Where(parsed)}");
            Listen(reader, names, Wanted, TimeSpan.FromSeconds(int.Parse(parsed.GetValue(window)!, CultureInfo.InvariantCulture)), limit);
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Listen(PacketLogReader reader, FlowNames names, Func<FlowRecord, bool> isWanted, TimeSpan window, TimeSpan? limit)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        FlowWindow sum = new();
        Stopwatch all = Stopwatch.StartNew();
        Stopwatch current = Stopwatch.StartNew();
        DateTime begin = DateTime.UtcNow;
        long dropped = 0;
        while (!stop.IsCancellationRequested && (limit is null || all.Elapsed < limit))
        {
            reader.Read(s_tick, packet =>
            {
                FlowRecord record = names.Of(packet);
                if (isWanted(record))
                {
                    sum.Add(record);
                }
            });
            if (current.Elapsed >= window)
            {
                dropped = Write(sum, begin, reader.Dropped, dropped);
                current.Restart();
                begin = DateTime.UtcNow;
            }
        }

        dropped = Write(sum, begin, reader.Dropped, dropped);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"netpol: {dropped} reports were lost"));
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    // Losses are said in the window in which they were noticed.
    private static long Write(FlowWindow sum, DateTime begin, long lost, long said)
    {
        long total = lost + sum.Overflowed;
        string time = begin.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach (FlowRecord record in sum.Empty())
        {
            Json.WriteLine(json => Write(json, record, time));
        }

        if (total > said)
        {
            Json.WriteLine(json =>
            {
                json.WriteStartObject();
                json.WriteString("window", time);
                json.WriteNumber("dropped", total - said);
                json.WriteEndObject();
            });
        }

        Console.Out.Flush();
        return Math.Max(total, said);
    }

    private static void Write(Utf8JsonWriter json, FlowRecord record, string window)
    {
        json.WriteStartObject();
        json.WriteString("window", window);
        json.WriteString("from", record.From);
        json.WriteString("fromAddress", record.FromAddress.ToString());
        json.WriteString("to", record.To);
        json.WriteString("toAddress", record.ToAddress.ToString());
        json.WriteString("protocol", record.Protocol.ToString());
        if (record.Port is { } port)
        {
            json.WriteNumber("port", port);
        }

        if (record.IcmpType is { } type)
        {
            json.WriteNumber("icmpType", type);
        }

        json.WriteString("verdict", WordOf(record.Verdict));
        if (record.Pending is { } pending)
        {
            json.WriteString("pending", WordOf(pending));
        }

        json.WriteString("rule", record.Rule);
        if (record.Span.IsKnown)
        {
            json.WriteString("written", record.Span.ToString());
        }

        json.WriteNumber("packets", record.Packets);
        json.WriteEndObject();
    }

    private static string WordOf(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        _ => "log",
    };

    private static FlowNames Names(StateStore? store, string[] files)
    {
        CompiledRuleset ruleset = store?.Read(StateSlot.Pending)?.Ruleset ?? store?.Read(StateSlot.Confirmed)?.Ruleset
            ?? throw new UnusableException("no ruleset is kept, so nobody knows which rules report: apply with --state, and say it here");
        if (files.Length == 0)
        {
            return new FlowNames(ruleset);
        }

        Snapshot snapshot = Snapshot.Of(World.Load(files));
        PendingWorld? pending = EvalCommand.PendingOf(snapshot);
        return new FlowNames(ruleset, snapshot, pending?.Pending);
    }
}
