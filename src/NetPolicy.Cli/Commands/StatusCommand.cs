using System.CommandLine;
using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol status</c>: what is loaded, and what each policy rule has counted.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Option<string?> netns = CommonOptions.NetworkNamespace();
        Option<string> output = CommonOptions.Output("text", "json");
        Command command = new("status", "Shows what is loaded, and the packets that each policy rule has counted.") { netns, output };
        command.SetAction(parsed =>
        {
            NftStatus status = new NftApplier(parsed.GetValue(netns)).Status();
            if (parsed.GetValue(output) == "json")
            {
                WriteJson(status);
            }
            else
            {
                WriteText(status, ApplyCommand.Where(parsed.GetValue(netns)));
            }

            return status.IsInstalled ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }

    private static void WriteText(NftStatus status, string where)
    {
        if (!status.IsInstalled)
        {
            Console.Out.WriteLine($"nothing of ours is loaded on {where}");
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"table {status.Table} on {where}, generation {status.Generation}"));
        foreach ((string comment, ulong packets) in status.Packets)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{packets,12} packets  {comment}"));
        }
    }

    private static void WriteJson(NftStatus status) => Json.WriteDocument(json =>
    {
        json.WriteStartObject();
        json.WriteString("table", status.Table);
        json.WriteBoolean("installed", status.IsInstalled);
        json.WriteNumber("generation", status.Generation);
        json.WriteStartArray("counters");
        foreach ((string comment, ulong packets) in status.Packets)
        {
            json.WriteStartObject();
            json.WriteString("rule", comment);
            json.WriteNumber("packets", packets);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
