using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Safety;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.State;

/// <summary>A ruleset as it is kept on disk, with what <c>netpol status</c> needs to know of it.</summary>
/// <param name="Ruleset">The ruleset: node, options, rules, and where each counted rule is written. Classes and identities are not kept.</param>
/// <param name="Workloads">The workloads that it enforces policy for.</param>
/// <param name="Loaded">What the kernel listed after loading it: names of chains, sets and maps, and a hash of each. Empty if it was not loaded yet.</param>
public sealed record SavedRuleset(CompiledRuleset Ruleset, EquatableArray<LocalWorkload> Workloads, IReadOnlyDictionary<string, string> Loaded)
{
    /// <summary>Names of the gaps of enforcement that whoever applied it accepted, in ordinal order; see <see cref="EnforcementGap.IsAccepted"/>.</summary>
    public EquatableArray<string> Accepted { get; init; } = [];

    internal byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("node", Ruleset.Node);
            WriteOptions(json, Ruleset.Options);
            json.WriteStartArray("workloads");
            foreach (LocalWorkload workload in Workloads)
            {
                json.WriteStartArray();
                json.WriteStringValue(workload.Name);
                json.WriteStringValue(workload.Interface);
                foreach (IpAddress address in workload.Addresses)
                {
                    json.WriteStringValue(address.ToString());
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartObject("behind");
            foreach (LocalWorkload workload in Workloads.AsEnumerable().Where(w => w.Bridge is not null).DistinctBy(w => w.Name))
            {
                json.WriteString(workload.Name, workload.Bridge);
            }

            json.WriteEndObject();
            json.WriteStartArray("accepted");
            foreach (string name in Accepted)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            if (Ruleset.Owners is { } owners)
            {
                json.WriteStartObject("owners");
                foreach ((IpAddress address, string owner) in owners.All.OrderBy(o => o.Key))
                {
                    json.WriteString(address.ToString(), owner);
                }

                json.WriteEndObject();
            }

            json.WriteStartObject("loaded");
            foreach ((string name, string hash) in Loaded.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, hash);
            }

            json.WriteEndObject();
            json.WriteStartObject("written");
            foreach ((string comment, RuleOrigin origin) in Ruleset.RuleComments.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(comment);
                json.WriteStringValue(origin.Reason.ToString());
                json.WriteStringValue(origin.Span.File);
                json.WriteNumberValue(origin.Span.Line);
                json.WriteNumberValue(origin.Span.Column);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WritePropertyName("table");
            RulesetJson.Write(json, Ruleset.Table);
            if (Ruleset.Bridge is { } bridge)
            {
                json.WritePropertyName("bridge");
                RulesetJson.Write(json, bridge);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="FormatException">It is no saved ruleset; other exceptions of reading mean the same.</exception>
    internal static SavedRuleset Read(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement json = document.RootElement;
        Dictionary<string, RuleOrigin> written = json.GetProperty("written").EnumerateObject().ToDictionary(
            p => p.Name,
            p => new RuleOrigin(
                Enum.TryParse(p.Value[0].GetString(), out DecisionReason reason) ? reason : default,
                null,
                null,
                new SourceSpan(p.Value[1].GetString(), p.Value[2].GetInt32(), p.Value[3].GetInt32())),
            StringComparer.Ordinal);
        CompiledRuleset ruleset = new(
            json.GetProperty("node").GetString()!,
            ReadOptions(json.GetProperty("options")),
            RulesetJson.Read(json.GetProperty("table")),
            json.TryGetProperty("bridge", out JsonElement bridge) ? RulesetJson.Read(bridge) with { Family = RuleFamily.Bridge } : null,
            [],
            new Lazy<IReadOnlyDictionary<string, RuleOrigin>>(written),
            [],
            [])
        {
            Owners = json.TryGetProperty("owners", out JsonElement owners)
                ? Ownership.Of(owners.EnumerateObject().ToDictionary(p => IpAddress.Parse(p.Name), p => p.Value.GetString()!))
                : null,
        };
        ruleset.Options.Check();
        return new SavedRuleset(
            ruleset,
            [
                .. json.GetProperty("workloads").EnumerateArray().Select(w => new LocalWorkload(
                    w[0].GetString()!, w[1].GetString()!, [.. w.EnumerateArray().Skip(2).Select(a => IpAddress.Parse(a.GetString()!))])
                {
                    Bridge = json.TryGetProperty("behind", out JsonElement behind) && behind.TryGetProperty(w[0].GetString()!, out JsonElement name) ? name.GetString() : null,
                }),
            ],
            json.GetProperty("loaded").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal))
        {
            Accepted = json.TryGetProperty("accepted", out JsonElement accepted) ? [.. accepted.EnumerateArray().Select(a => a.GetString()!)] : [],
        };
    }

    private static void WriteOptions(Utf8JsonWriter json, EnforcementOptions options)
    {
        json.WriteStartObject("options");
        json.WriteString("table", options.TableName);
        json.WriteNumber("connectionMarkMask", options.ConnectionMarkMask);
        json.WriteNumber("acceptedMark", options.AcceptedMark);
        json.WriteNumber("seenMark", options.SeenMark);
        json.WriteString("prefix", options.WorkloadInterfacePrefix);
        json.WriteString("unknownPods", options.UnknownPods.ToString());
        json.WriteString("deny", options.DenyAction.ToString());
        json.WriteNumber("logGroup", options.LogGroup ?? -1);
        json.WriteNumber("maxTableElements", options.MaxTableElements);
        json.WriteString("flowLog", options.FlowLog.ToString());
        json.WriteNumber("flowLogGroup", options.FlowLogGroup);
        json.WriteNumber("flowLogRate", options.FlowLogRate);
        json.WriteString("established", options.EstablishedConnections.ToString());
        WriteBridges(json, options.Bridges);
        json.WriteEndObject();
    }

    private static void WriteBridges(Utf8JsonWriter json, EquatableArray<PodBridge> bridges)
    {
        json.WriteStartArray("bridges");
        foreach (PodBridge bridge in bridges)
        {
            json.WriteStartArray();
            json.WriteStringValue(bridge.Name);
            foreach (BridgePort port in bridge.Ports)
            {
                json.WriteStartArray();
                json.WriteStringValue(port.Name);
                json.WriteStringValue(port.Mac.ToString());
                foreach (IpAddress address in port.Addresses)
                {
                    json.WriteStringValue(address.ToString());
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // Files of before there were any have none.
    private static EquatableArray<PodBridge> ReadBridges(JsonElement json) => !json.TryGetProperty("bridges", out JsonElement bridges) ? [] :
    [
        .. bridges.EnumerateArray().Select(b => new PodBridge(
            b[0].GetString()!,
            [
                .. b.EnumerateArray().Skip(1).Select(p => new BridgePort(
                    p[0].GetString()!, MacAddress.Parse(p[1].GetString()!), [.. p.EnumerateArray().Skip(2).Select(a => IpAddress.Parse(a.GetString()!))])),
            ])),
    ];

    private static EnforcementOptions ReadOptions(JsonElement json) => new()
    {
        TableName = json.GetProperty("table").GetString()!,
        ConnectionMarkMask = json.GetProperty("connectionMarkMask").GetUInt32(),
        AcceptedMark = json.GetProperty("acceptedMark").GetUInt32(),
        SeenMark = json.GetProperty("seenMark").GetUInt32(),
        WorkloadInterfacePrefix = json.GetProperty("prefix").GetString()!,
        UnknownPods = Enum.Parse<UnknownPods>(json.GetProperty("unknownPods").GetString()!),
        DenyAction = Enum.Parse<DenyAction>(json.GetProperty("deny").GetString()!),
        LogGroup = json.GetProperty("logGroup").GetInt32() is >= 0 and int group ? (ushort)group : null,
        MaxTableElements = json.GetProperty("maxTableElements").GetInt32(),
        FlowLog = Enum.Parse<FlowLogMode>(json.GetProperty("flowLog").GetString()!),
        FlowLogGroup = json.GetProperty("flowLogGroup").GetUInt16(),
        FlowLogRate = json.GetProperty("flowLogRate").GetUInt32(),
        EstablishedConnections = Enum.Parse<EstablishedConnections>(json.GetProperty("established").GetString()!),
        Bridges = ReadBridges(json),
    };
}
