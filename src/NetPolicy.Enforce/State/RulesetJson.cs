using System.Globalization;
using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.State;

/// <summary>Writes rules as JSON and reads them back. Every kind of statement and value has a tag; an unknown one is an error, never skipped.</summary>
internal static class RulesetJson
{
    public static void Write(Utf8JsonWriter json, RuleTable table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteString("comment", table.Comment);
        json.WriteStartArray("identities");
        foreach (IdentityMap map in table.Identities)
        {
            json.WriteStartObject();
            json.WriteString("name", map.Name);
            json.WriteNumber("family", (int)map.Family);
            json.WriteBoolean("interval", map.IsInterval);
            json.WriteNumber("size", map.Size);
            json.WriteStartArray("elements");
            foreach ((IpRange addresses, uint identity) in map.Elements)
            {
                json.WriteStringValue(addresses.First.ToString());
                json.WriteStringValue(addresses.Last.ToString());
                json.WriteNumberValue(identity);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sets");
        foreach (RuleSet set in table.Sets)
        {
            Begin(json, set.Name, set.Fields, set.IsInterval, set.Size);
            json.WriteStartArray("elements");
            foreach (RuleValue value in set.Elements)
            {
                Write(json, value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("maps");
        foreach (RuleMap map in table.Maps)
        {
            Begin(json, map.Name, map.Fields, map.IsInterval, map.Size);
            json.WritePropertyName("elements");
            Write(json, map.Elements);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("chains");
        foreach (RuleChain chain in table.Chains)
        {
            json.WriteStartObject();
            json.WriteString("name", chain.Name);
            json.WriteBoolean("shared", chain.IsShared);
            if (chain.Hook is { } hook)
            {
                json.WriteNumber("hook", (int)hook.Point);
                json.WriteNumber("priority", hook.Priority);
            }

            json.WriteStartArray("rules");
            foreach (RuleLine line in chain.Rules)
            {
                json.WriteStartArray();
                json.WriteStringValue(line.Comment);
                foreach (RuleStatement statement in line.Statements)
                {
                    Write(json, statement);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The JSON is no table.</exception>
    /// <exception cref="InvalidOperationException">A part has another kind than it should.</exception>
    /// <exception cref="KeyNotFoundException">A part is missing.</exception>
    public static RuleTable Read(JsonElement json) => new(
        json.GetProperty("name").GetString()!,
        json.GetProperty("comment").GetString()!,
        [.. json.GetProperty("identities").EnumerateArray().Select(ReadIdentities)],
        [
            .. json.GetProperty("sets").EnumerateArray().Select(s => new RuleSet(
                Name(s), Fields(s.GetProperty("fields")), [.. s.GetProperty("elements").EnumerateArray().Select(ReadValue)],
                s.GetProperty("interval").GetBoolean(), s.GetProperty("size").GetInt32())),
        ],
        [
            .. json.GetProperty("maps").EnumerateArray().Select(m => new RuleMap(
                Name(m), Fields(m.GetProperty("fields")), ReadElements(m.GetProperty("elements")),
                m.GetProperty("interval").GetBoolean(), m.GetProperty("size").GetInt32())),
        ],
        [
            .. json.GetProperty("chains").EnumerateArray().Select(c => new RuleChain(
                Name(c),
                [.. c.GetProperty("rules").EnumerateArray().Select(ReadLine)],
                c.TryGetProperty("hook", out JsonElement hook) ? new RuleHook(Known((RuleHookPoint)hook.GetByte()), c.GetProperty("priority").GetInt32()) : null,
                c.GetProperty("shared").GetBoolean())),
        ]);

    public static void Write(Utf8JsonWriter json, RuleStatement statement)
    {
        json.WriteStartArray();
        switch (statement)
        {
            case RuleStatement.Match match:
                Head(json, "match", match.Field);
                json.WriteBooleanValue(match.IsNegated);
                foreach (RuleValue value in match.Values)
                {
                    Write(json, value);
                }

                break;
            case RuleStatement.MatchBits bits:
                Head(json, "bits", bits.Field);
                json.WriteNumberValue(bits.Mask);
                json.WriteNumberValue(bits.Bits);
                json.WriteBooleanValue(bits.IsNegated);
                break;
            case RuleStatement.MatchGeneration generation:
                json.WriteStringValue("generation");
                json.WriteNumberValue(generation.Mask);
                json.WriteBooleanValue(generation.IsPrevious);
                break;
            case RuleStatement.SetGeneration generation:
                json.WriteStringValue("set-generation");
                json.WriteNumberValue(generation.Mask);
                break;
            case RuleStatement.MatchSet set:
                json.WriteStringValue("in");
                json.WriteStringValue(set.Set);
                json.WriteBooleanValue(set.IsNegated);
                Write(json, set.Fields);
                break;
            case RuleStatement.Dispatch dispatch:
                json.WriteStringValue("dispatch");
                json.WriteStringValue(dispatch.Map);
                Write(json, dispatch.Fields);
                break;
            case RuleStatement.Switch cases:
                Head(json, "switch", cases.Field);
                Write(json, cases.Entries);
                break;
            case RuleStatement.SetIdentity identity:
                json.WriteStringValue("identity");
                json.WriteNumberValue(identity.Number);
                break;
            case RuleStatement.FindIdentity find:
                Head(json, "find", find.Field);
                json.WriteStringValue(find.Map);
                break;
            case RuleStatement.SetBits bits:
                Head(json, "set-bits", bits.Field);
                json.WriteNumberValue(bits.Kept);
                json.WriteNumberValue(bits.Added);
                break;
            case RuleStatement.Counter:
                json.WriteStringValue("counter");
                break;
            case RuleStatement.Limit limit:
                json.WriteStringValue("limit");
                json.WriteNumberValue(limit.PerSecond);
                json.WriteNumberValue(limit.Burst);
                break;
            case RuleStatement.Log log:
                json.WriteStringValue("log");
                json.WriteStringValue(log.Prefix);
                json.WriteNumberValue(log.Group ?? -1);
                break;
            case RuleStatement.NoTrack:
                json.WriteStringValue("notrack");
                break;
            case RuleStatement.Reject reject:
                json.WriteStringValue("reject");
                json.WriteBooleanValue(reject.IsReset);
                break;
            case RuleStatement.Go go:
                json.WriteStringValue("go");
                Write(json, go.Verdict);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(statement), statement, "a statement that has no form on disk");
        }

        json.WriteEndArray();
    }

    public static RuleStatement ReadStatement(JsonElement json) => json[0].GetString() switch
    {
        "match" => new RuleStatement.Match(Field(json[1]), [.. json.EnumerateArray().Skip(3).Select(ReadValue)], json[2].GetBoolean()),
        "bits" => new RuleStatement.MatchBits(Field(json[1]), json[2].GetUInt32(), json[3].GetUInt32(), json[4].GetBoolean()),
        "generation" => new RuleStatement.MatchGeneration(json[1].GetUInt32(), json[2].GetBoolean()),
        "set-generation" => new RuleStatement.SetGeneration(json[1].GetUInt32()),
        "in" => new RuleStatement.MatchSet(Fields(json[3]), json[1].GetString()!, json[2].GetBoolean()),
        "dispatch" => new RuleStatement.Dispatch(Fields(json[2]), json[1].GetString()!),
        "switch" => new RuleStatement.Switch(Field(json[1]), ReadElements(json[2])),
        "identity" => new RuleStatement.SetIdentity(json[1].GetUInt32()),
        "find" => new RuleStatement.FindIdentity(Field(json[1]), json[2].GetString()!),
        "set-bits" => new RuleStatement.SetBits(Field(json[1]), json[2].GetUInt32(), json[3].GetUInt32()),
        "counter" => RuleStatement.Counter.Instance,
        "limit" => new RuleStatement.Limit(json[1].GetUInt32(), json[2].GetUInt32()),
        "log" => new RuleStatement.Log(json[1].GetString()!, json[2].GetInt32() is >= 0 and int group ? (ushort)group : null),
        "notrack" => RuleStatement.NoTrack.Instance,
        "reject" => new RuleStatement.Reject(json[1].GetBoolean()),
        "go" => new RuleStatement.Go(ReadVerdict(json[1])),
        string other => throw new FormatException($"`{other}` is no statement"),
        null => throw new FormatException("a statement without a kind"),
    };

    public static void Write(Utf8JsonWriter json, RuleValue value)
    {
        json.WriteStartArray();
        switch (value)
        {
            case RuleValue.Addresses addresses:
                json.WriteStringValue("ip");
                json.WriteStringValue(addresses.Range.First.ToString());
                json.WriteStringValue(addresses.Range.Last.ToString());
                break;
            case RuleValue.Ports ports:
                json.WriteStringValue("port");
                json.WriteNumberValue(ports.Range.First);
                json.WriteNumberValue(ports.Range.Last);
                break;
            case RuleValue.Transport transport:
                json.WriteStringValue("protocol");
                json.WriteNumberValue(transport.Protocol.Number);
                break;
            case RuleValue.Identity identity:
                json.WriteStringValue("identity");
                json.WriteNumberValue(identity.Number);
                break;
            case RuleValue.Interface name:
                json.WriteStringValue("interface");
                json.WriteStringValue(name.Name);
                json.WriteBooleanValue(name.IsPrefix);
                break;
            case RuleValue.Bytes bytes:
                json.WriteStringValue("bytes");
                json.WriteNumberValue(bytes.First);
                json.WriteNumberValue(bytes.Last);
                break;
            case RuleValue.Mark mark:
                json.WriteStringValue("mark");
                json.WriteNumberValue(mark.Value);
                break;
            case RuleValue.Keyword keyword:
                json.WriteStringValue("word");
                json.WriteStringValue(keyword.Word);
                break;
            case RuleValue.LinkAddress link:
                json.WriteStringValue("mac");
                json.WriteStringValue(link.Address.ToString());
                break;
            case RuleValue.Octets number:
                json.WriteStringValue("number");
                json.WriteNumberValue(number.Value);
                break;
            case RuleValue.Joined joined:
                json.WriteStringValue("joined");
                foreach (RuleValue part in joined.Parts)
                {
                    Write(json, part);
                }

                break;
            case RuleValue.Anything:
                json.WriteStringValue("*");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value, "a value that has no form on disk");
        }

        json.WriteEndArray();
    }

    public static RuleValue ReadValue(JsonElement json) => json[0].GetString() switch
    {
        "ip" => new RuleValue.Addresses(new IpRange(Address(json[1]), Address(json[2]))),
        "port" => new RuleValue.Ports(new PortRange(json[1].GetUInt16(), json[2].GetUInt16())),
        "protocol" => new RuleValue.Transport(new Protocol(json[1].GetByte())),
        "identity" => new RuleValue.Identity(json[1].GetUInt32()),
        "interface" => new RuleValue.Interface(json[1].GetString()!, json[2].GetBoolean()),
        "bytes" => new RuleValue.Bytes(json[1].GetByte(), json[2].GetByte()),
        "mark" => new RuleValue.Mark(json[1].GetUInt32()),
        "word" => new RuleValue.Keyword(json[1].GetString()!),
        "mac" => new RuleValue.LinkAddress(MacAddress.Parse(json[1].GetString()!)),
        "number" => new RuleValue.Octets(json[1].GetUInt64()),
        "joined" => new RuleValue.Joined([.. json.EnumerateArray().Skip(1).Select(ReadValue)]),
        "*" => RuleValue.Anything.Instance,
        string other => throw new FormatException($"`{other}` is no value"),
        null => throw new FormatException("a value without a kind"),
    };

    private static void Begin(Utf8JsonWriter json, string name, EquatableArray<RuleField> fields, bool isInterval, int size)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteBoolean("interval", isInterval);
        json.WriteNumber("size", size);
        json.WritePropertyName("fields");
        Write(json, fields);
    }

    private static void Head(Utf8JsonWriter json, string kind, RuleField field)
    {
        json.WriteStringValue(kind);
        json.WriteStringValue(field.ToString());
    }

    private static void Write(Utf8JsonWriter json, EquatableArray<RuleField> fields)
    {
        json.WriteStartArray();
        foreach (RuleField field in fields)
        {
            json.WriteStringValue(field.ToString());
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EquatableArray<RuleElement> elements)
    {
        json.WriteStartArray();
        foreach (RuleElement element in elements)
        {
            json.WriteStartArray();
            Write(json, element.Key);
            Write(json, element.Verdict);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static EquatableArray<RuleElement> ReadElements(JsonElement json) =>
        [.. json.EnumerateArray().Select(e => new RuleElement(ReadValue(e[0]), ReadVerdict(e[1])))];

    private static void Write(Utf8JsonWriter json, RuleVerdict verdict)
    {
        json.WriteStartArray();
        json.WriteStringValue(verdict.Kind.ToString());
        json.WriteStringValue(verdict.Chain);
        json.WriteEndArray();
    }

    private static RuleVerdict ReadVerdict(JsonElement json) => new(
        Enum.TryParse(json[0].GetString(), out RuleVerdictKind kind) && Enum.IsDefined(kind) ? kind : throw new FormatException($"`{json[0]}` is no verdict"),
        json[1].GetString());

    private static IdentityMap ReadIdentities(JsonElement json)
    {
        JsonElement[] words = [.. json.GetProperty("elements").EnumerateArray()];
        return new IdentityMap(
            Name(json),
            (IpFamily)json.GetProperty("family").GetByte(),
            [.. words.Chunk(3).Select(w => (new IpRange(Address(w[0]), Address(w[1])), w[2].GetUInt32()))],
            json.GetProperty("interval").GetBoolean(),
            json.GetProperty("size").GetInt32());
    }

    private static RuleLine ReadLine(JsonElement json) => new([.. json.EnumerateArray().Skip(1).Select(ReadStatement)], json[0].GetString());

    private static EquatableArray<RuleField> Fields(JsonElement json) => [.. json.EnumerateArray().Select(Field)];

    private static RuleField Field(JsonElement json) =>
        Enum.TryParse(json.GetString(), out RuleField field) && Enum.IsDefined(field) ? field : throw new FormatException($"`{json}` is no field");

    private static RuleHookPoint Known(RuleHookPoint point) =>
        Enum.IsDefined(point) ? point : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{(int)point} is no hook"));

    private static IpAddress Address(JsonElement json) => IpAddress.Parse(json.GetString()!);

    private static string Name(JsonElement json) => json.GetProperty("name").GetString()!;
}
