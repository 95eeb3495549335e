using System.CommandLine;
using NetPolicy.Analysis;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol matrix</c>: who can reach whom on which ports, grouped by class.</summary>
internal static class MatrixCommand
{
    public static Command Create()
    {
        Option<string?> from = new("--from") { Description = "Only connections from this end." };
        Option<string?> to = new("--to") { Description = "Only connections to this end." };
        Option<string?> @namespace = new("--namespace") { Description = "Only connections with an end in this namespace." };
        Option<string?> port = new("--port") { Description = "Only this port: 80, 53/udp." };
        Option<string> output = CommonOptions.Output("text", "json");
        Option<string> staged = CommonOptions.Staged();
        Option<string> hostInput = CommonOptions.HostInput();
        Option<string> fields = CommonOptions.Fields();
        Option<string> invalid = CommonOptions.Invalid();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("matrix", "Lists who can reach whom on which ports, by groups of ends that behave the same.")
        {
            from, to, @namespace, port, output, staged, hostInput, fields, invalid, paths,
        };
        command.SetAction(parsed =>
        {
            Snapshot snapshot = Snapshot.Of(
                World.Admit(parsed.GetValue(paths)!, CommonOptions.ToReadOptions(parsed.GetValue(fields)), CommonOptions.ToInvalidPolicyMode(parsed.GetValue(invalid))),
                CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput)));
            (int? number, string? protocol) = FlowOptions.ReadPort(parsed.GetValue(port), null);
            Connectivity matrix = Connectivity.Of(snapshot, new ConnectivityOptions
            {
                From = End(snapshot, parsed.GetValue(from)),
                To = End(snapshot, parsed.GetValue(to)),
                Namespace = Known(snapshot, parsed.GetValue(@namespace)),
                Port = (ushort?)number,
                Protocol = ReadProtocol(protocol),
            });
            if (parsed.GetValue(output) == "json")
            {
                Json.WriteDocument(json => ConnectivityJson.Write(json, matrix, snapshot.SetAside));
            }
            else
            {
                ConnectivityText.Write(Console.Out, matrix);
                SetAsideText.Write(Console.Out, snapshot.SetAside);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    // A misspelt name must not read as "nothing is open".
    private static string? Known(Snapshot snapshot, string? name) =>
        name is null || snapshot.Cluster.Namespaces.ContainsKey(name)
            ? name
            : throw new UnusableException($"no namespace is called `{name}`, expected one of the documents' namespaces");

    private static FlowEnd? End(Snapshot snapshot, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!snapshot.TryResolve(text, out FlowEnd end, out string? error))
        {
            throw new UnusableException(error);
        }

        return end.Kind == FlowEndKind.Service
            ? throw new UnusableException($"`{text}` is a Service, expected a workload, a node or an address")
            : end;
    }

    private static Protocol? ReadProtocol(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Protocol.TryParse(text.ToUpperInvariant(), out Protocol protocol)
            ? protocol
            : throw new UnusableException($"`{text}` is not a protocol name or a number from 1 to 255");
    }
}
