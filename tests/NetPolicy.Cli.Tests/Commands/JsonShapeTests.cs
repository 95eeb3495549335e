using System.Text.Json;

namespace NetPolicy.Cli.Tests.Commands;

/// <summary>The machine-readable shapes, field by field: fields may be added, never changed or removed.</summary>
public sealed class JsonShapeTests
{
    private const string Shop = "tests/golden/cli/shop";

    [Fact]
    public void Eval_answers_verdict_ends_rule_reason_and_document()
    {
        NetpolResult result = Netpol.Run("eval", "--from", "shop/web", "--to", "shop/db", "--port", "5432", "-o", "json", Shop);
        Assert.Equal(0, result.ExitCode);
        JsonElement json = result.Json;
        Assert.Equal("allow", Text(json, "verdict"));
        Assert.Equal("allow", Text(json, "egress"));
        Assert.Equal("allow", Text(json, "ingress"));
        Assert.Equal("rule", Text(json, "reason"));
        JsonElement rule = json.GetProperty("rule");
        Assert.Equal(("NetworkPolicy", "shop", "db", "ingress", 0), (Text(rule, "kind"), Text(rule, "namespace"), Text(rule, "name"), Text(rule, "direction"), Number(rule, "index")));
        JsonElement by = json.GetProperty("by");
        Assert.Equal(("networking.k8s.io/v1", "NetworkPolicy", "shop", "db"), (Text(by, "apiVersion"), Text(by, "kind"), Text(by, "namespace"), Text(by, "name")));
        Assert.False(json.TryGetProperty("translated", out _));
        Assert.False(json.TryGetProperty("id", out _));
    }

    [Fact]
    public void Eval_of_a_denied_flow_ends_with_1_and_a_null_rule_if_none_decided()
    {
        NetpolResult result = Netpol.Run("eval", "--from", "default/probe", "--to", "shop/db", "--port", "5432", "-o", "json", Shop);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("deny", Text(result.Json, "verdict"));
        Assert.Equal("deny", Text(result.Json, "ingress"));
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("rule").ValueKind);
        Assert.Equal("isolated", Text(result.Json, "reason"));
    }

    [Fact]
    public void A_global_rule_has_no_namespace()
    {
        JsonElement rule = Netpol.Run("eval", "--from", "shop/web", "--to", "203.0.113.9", "--port", "25", "-o", "json", Shop).Json.GetProperty("rule");
        Assert.False(rule.TryGetProperty("namespace", out _));
        Assert.Equal("GlobalNetworkPolicy", Text(rule, "kind"));
        Assert.Equal("egress", Text(rule, "direction"));
    }

    [Fact]
    public void A_Service_names_what_it_was_translated_to()
    {
        JsonElement json = Netpol.Run("eval", "--from", "shop/web", "--to", "svc:shop/db", "--port", "15432", "-o", "json", "tests/golden/cli/services/world.yaml").Json;
        Assert.Equal("shop/db:5432", Text(json, "translated"));
    }

    [Fact]
    public void A_line_of_flows_that_cannot_be_used_is_answered_with_its_id_and_the_rest_go_on()
    {
        NetpolResult result = Netpol.Run("eval", "--flows", "tests/golden/cli/flows/broken.jsonl", Shop);
        Assert.Equal(2, result.ExitCode);
        IReadOnlyList<JsonElement> answers = result.JsonLines;
        Assert.Equal(12, answers.Count);
        Assert.Equal(JsonValueKind.Null, answers[1].GetProperty("id").ValueKind);
        Assert.All(answers.Skip(1).Take(10), a => Assert.True(a.TryGetProperty("error", out _)));
        Assert.All(answers.Skip(1).Take(10), a => Assert.False(a.TryGetProperty("verdict", out _)));
        Assert.Equal(("last", "allow"), (Text(answers[^1], "id"), Text(answers[^1], "verdict")));
    }

    [Fact]
    public void A_thousand_flows_are_answered_in_order()
    {
        string lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $$"""{"id":"{{i}}","from":"shop/web","to":"shop/db","port":{{5000 + i}}}""" + "\n"));
        NetpolResult result = Netpol.Run(["eval", "--flows", "-", Shop], lines);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), result.JsonLines.Select(a => Text(a, "id")));
        Assert.Equal(["432"], result.JsonLines.Where(a => Text(a, "verdict") == "allow").Select(a => Text(a, "id")));
    }

    [Fact]
    public void Validate_counts_documents_and_places_findings()
    {
        NetpolResult result = Netpol.Run("validate", "-o", "json", "tests/golden/cli/validate/mixed.yaml");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(4, Number(result.Json, "documents"));
        JsonElement[] findings = [.. result.Json.GetProperty("findings").EnumerateArray()];
        Assert.Equal(["NP2011", "NP2116", "NP2109", "NP1012"], findings.Select(f => Text(f, "id")));
        JsonElement second = findings[1];
        Assert.Equal("tests/golden/cli/validate/mixed.yaml", Text(second, "file"));
        Assert.Equal((1, 11, 17), (Number(second, "document"), Number(second, "line"), Number(second, "column")));
        Assert.Equal(("error", "spec.policyTypes[0]", "FieldValueNotSupported"), (Text(second, "severity"), Text(second, "path"), Text(second, "reason")));
        Assert.NotEqual("", Text(second, "message"));
        Assert.Equal("warning", Text(findings[3], "severity"));
        Assert.False(findings[3].TryGetProperty("reason", out _));
    }

    [Fact]
    public void Validate_without_findings_has_an_empty_list_and_ends_with_0()
    {
        NetpolResult result = Netpol.Run("validate", "-o", "json", Shop);
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Json.GetProperty("findings").EnumerateArray());
    }

    [Fact]
    public void A_missing_file_is_a_finding_without_a_line()
    {
        NetpolResult result = Netpol.Run("validate", "-o", "json", "no/such/file.yaml");
        Assert.Equal(1, result.ExitCode);
        JsonElement finding = Assert.Single(result.Json.GetProperty("findings").EnumerateArray());
        Assert.Equal(("NP1001", "no/such/file.yaml"), (Text(finding, "id"), Text(finding, "file")));
        Assert.False(finding.TryGetProperty("line", out _));
    }

    [Fact]
    public void Explain_holds_the_flow_the_answer_and_every_rule_with_its_place()
    {
        JsonElement json = Netpol.Run("explain", "--from", "shop/web", "--to", "shop/db", "--port", "5432", "-o", "json", Shop).Json;
        Assert.Equal(("shop/web", "shop/db", 5432), (Text(json.GetProperty("flow"), "from"), Text(json.GetProperty("flow"), "to"), Number(json.GetProperty("flow"), "port")));
        Assert.Equal("allow", Text(json.GetProperty("answer"), "verdict"));
        JsonElement[] stages = [.. Assert.Single(json.GetProperty("attempts").EnumerateArray()).GetProperty("stages").EnumerateArray()];
        Assert.Equal(["egress", "ingress"], stages.Select(s => Text(s, "direction")));
        JsonElement policy = stages[1].GetProperty("tiers")[0].GetProperty("policies")[0];
        Assert.Equal(("NetworkPolicy", "db"), (Text(policy, "kind"), Text(policy, "name")));
        Assert.True(policy.GetProperty("enforced").GetBoolean());
        JsonElement rule = policy.GetProperty("rules")[0];
        Assert.True(rule.GetProperty("matched").GetBoolean());
        Assert.Equal(("Allow", Shop + "/policies.yaml", 8), (Text(rule, "action"), Text(rule, "file"), Number(rule, "line")));
    }

    [Fact]
    public void Matrix_puts_every_endpoint_into_one_group_and_tiles_the_outside()
    {
        JsonElement json = Netpol.Run("matrix", "-o", "json", Shop).Json;
        JsonElement[] groups = [.. json.GetProperty("groups").EnumerateArray()];
        Assert.Equal(["default/probe", "shop/db", "shop/web"], groups.Where(g => g.TryGetProperty("members", out _)).SelectMany(g => g.GetProperty("members").EnumerateArray()).Select(m => m.GetString()!).Order(StringComparer.Ordinal));
        Assert.Contains(groups, g => g.TryGetProperty("addresses", out JsonElement a) && a.EnumerateArray().Any(r => r.GetString()!.StartsWith("0.0.0.0-", StringComparison.Ordinal)));
        HashSet<string> ids = [.. groups.Select(g => Text(g, "id"))];
        JsonElement[] connections = [.. json.GetProperty("connections").EnumerateArray()];
        Assert.Equal(connections.Length, connections.Select(c => (Text(c, "from"), Text(c, "to"))).Distinct().Count());
        Assert.All(connections, c => Assert.True(ids.Contains(Text(c, "from")) && ids.Contains(Text(c, "to"))));
        JsonElement toDatabase = connections.Single(c => Text(c, "from") == IdOf(groups, "shop/web") && Text(c, "to") == IdOf(groups, "shop/db"));
        Assert.Equal("5432", Text(toDatabase.GetProperty("allow"), "TCP"));
        Assert.False(toDatabase.GetProperty("allow").TryGetProperty("UDP", out _));
    }

    [Fact]
    public void Diff_names_old_new_and_a_witness_that_eval_confirms()
    {
        NetpolResult result = Netpol.Run("diff", "--with", Shop + "/cluster.yaml", "tests/golden/cli/diff/old", "tests/golden/cli/diff/new", "-o", "json");
        Assert.Equal(1, result.ExitCode);
        JsonElement[] changes = [.. result.Json.GetProperty("changes").EnumerateArray()];
        Assert.NotEmpty(changes);
        foreach (JsonElement change in changes)
        {
            Assert.Equal(JsonValueKind.Object, change.GetProperty("old").ValueKind);
            Assert.Equal(JsonValueKind.Object, change.GetProperty("new").ValueKind);
            string witness = change.GetProperty("witness").GetRawText().ReplaceLineEndings("");
            string before = Text(Netpol.Run(["eval", "--flows", "-", Shop + "/cluster.yaml", "tests/golden/cli/diff/old"], witness).JsonLines[0], "verdict");
            string after = Text(Netpol.Run(["eval", "--flows", "-", Shop + "/cluster.yaml", "tests/golden/cli/diff/new"], witness).JsonLines[0], "verdict");
            Assert.NotEqual(before, after);
        }
    }

    [Fact]
    public void Diff_of_a_world_with_itself_is_empty_and_ends_with_0()
    {
        NetpolResult result = Netpol.Run("diff", "-o", "json", Shop, Shop);
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Json.GetProperty("changes").EnumerateArray());
    }

    [Fact]
    public void Selector_cases_are_answered_line_by_line()
    {
        NetpolResult result = Netpol.Run("selector", "--cases", "tests/golden/cli/selectors/good.jsonl");
        Assert.Equal(0, result.ExitCode);
        JsonElement first = result.JsonLines[0];
        Assert.Equal("1", Text(first, "id"));
        Assert.True(first.GetProperty("valid").GetBoolean());
        Assert.True(first.GetProperty("matches").GetBoolean());
        Assert.StartsWith("s:", Text(first, "uid"), StringComparison.Ordinal);
        Assert.False(result.JsonLines[2].TryGetProperty("matches", out _));
        Assert.False(result.JsonLines[3].GetProperty("valid").GetBoolean());
        Assert.NotEqual("", Text(result.JsonLines[3], "error"));
    }

    private static string IdOf(JsonElement[] groups, string member) =>
        Text(groups.Single(g => g.TryGetProperty("members", out JsonElement members) && members.EnumerateArray().Any(m => m.GetString() == member)), "id");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
