using System.Globalization;
using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Enforce;

namespace NetPolicy.Cli.Output;

/// <summary>What an agent does, for people or as JSON Lines.</summary>
internal sealed class AgentOutput(bool isJson, string where)
{
    /// <summary>Rules were applied.</summary>
    public void Applied(string node, NftPlan plan) => Write(
        string.Create(CultureInfo.InvariantCulture, $"applied to {where}: node {node}, {FindingsText.Count(plan.Steps.Count, "transaction")}, generation {plan.Generation}{Resets(plan)}"),
        json =>
        {
            json.WriteString("event", "applied");
            json.WriteString("node", node);
            json.WriteNumber("generation", plan.Generation);
            json.WriteNumber("transactions", plan.Steps.Count);
            json.WriteStartArray("resets");
            foreach (IpAddress address in plan.Resets)
            {
                json.WriteStringValue(address.ToString());
            }

            json.WriteEndArray();
        });

    /// <summary>Documents cannot be used: the rules before go on deciding.</summary>
    public void Rejected(int errors) => Write(
        string.Create(CultureInfo.InvariantCulture, $"rejected: {FindingsText.Count(errors, "error")} in the documents, the rules before go on deciding"),
        json =>
        {
            json.WriteString("event", "rejected");
            json.WriteNumber("errors", errors);
        });

    /// <summary>A change was not applied: the rules before go on deciding.</summary>
    public void Refused(string reason) => Write($"refused: {reason}", json =>
    {
        json.WriteString("event", "refused");
        json.WriteString("message", reason);
    });

    /// <summary>What is loaded was compared with what should be.</summary>
    public void Found(NftWatchEvent found)
    {
        string by = found.ProcessName.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $" by {found.ProcessName} ({found.Process})") : "";
        string end = found.IsRepaired ? "repaired" : found.Refusal.Length > 0 ? found.Refusal : "left as it is";
        Write(
            found.IsDrift ? string.Create(CultureInfo.InvariantCulture, $"drift: {string.Join(", ", found.Differences.AsEnumerable().Take(10))}{(found.Differences.Count > 10 ? ", ..." : "")}{by}: {end}") : "drift: none",
            json =>
            {
                json.WriteString("event", "drift");
                json.WriteString("reason", found.Reason switch
                {
                    NftWatchReason.ForeignChange => "change",
                    NftWatchReason.LostMessages => "lost-messages",
                    _ => "interval",
                });
                if (found.ProcessName.Length > 0)
                {
                    json.WriteString("process", found.ProcessName);
                    json.WriteNumber("processId", found.Process);
                }

                json.WriteStartArray("differences");
                foreach (string difference in found.Differences)
                {
                    json.WriteStringValue(difference);
                }

                json.WriteEndArray();
                json.WriteBoolean("repaired", found.IsRepaired);
                if (found.Refusal.Length > 0)
                {
                    json.WriteString("message", found.Refusal);
                }
            });
    }

    private static string Resets(NftPlan plan) =>
        plan.Resets.Count == 0 ? "" : $"; connections reset of {string.Join(", ", plan.Resets.AsEnumerable().Take(10))}{(plan.Resets.Count > 10 ? ", ..." : "")}, which have other owners";

    private void Write(string text, Action<Utf8JsonWriter> write)
    {
        if (isJson)
        {
            Json.WriteLine(json =>
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            });
        }
        else
        {
            Console.Out.WriteLine(text);
        }

        Console.Out.Flush();
    }
}
