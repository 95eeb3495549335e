using System.Text;
using System.Text.Json;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.State;

/// <summary>What is kept on disk comes back as it was, or not at all.</summary>
public sealed class StateStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("netpol-state").FullName, "state");

    public static TheoryData<string> Cases() => [.. PolicyCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_ruleset_comes_back_as_it_was(string name)
    {
        SavedRuleset saved = Saved(name);
        StateStore store = new(_folder);
        store.Write(StateSlot.Confirmed, saved);
        SavedRuleset read = new StateStore(_folder).Read(StateSlot.Confirmed)!;

        Assert.Equal(saved.Ruleset.Table, read.Ruleset.Table);
        Assert.Equal(saved.Ruleset.Options, read.Ruleset.Options);
        Assert.Equal(saved.Ruleset.Node, read.Ruleset.Node);
        Assert.Equal(saved.Workloads, read.Workloads);
        Assert.Equal(saved.Loaded.OrderBy(p => p.Key), read.Loaded.OrderBy(p => p.Key));
        Assert.Equal(
            saved.Ruleset.RuleComments.Select(c => (c.Key, c.Value.Reason, c.Value.Span.ToString())).Order(),
            read.Ruleset.RuleComments.Select(c => (c.Key, c.Value.Reason, c.Value.Span.ToString())).Order());
    }

    [Fact]
    public void Every_kind_of_statement_and_value_has_a_form_on_disk()
    {
        RuleStatement[] statements =
        [
            new RuleStatement.Match(RuleField.Source4, [new RuleValue.Addresses(new IpRange(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.9")))], IsNegated: true),
            new RuleStatement.MatchBits(RuleField.PacketMark, 3, 1, IsNegated: true), new RuleStatement.MatchGeneration(7, IsPrevious: true), new RuleStatement.SetGeneration(7),
            new RuleStatement.MatchSet([RuleField.Protocol, RuleField.DestinationPort], "s", IsNegated: true), new RuleStatement.Dispatch([RuleField.InInterface], "m"),
            new RuleStatement.Switch(RuleField.Identity, [new RuleElement(new RuleValue.Identity(4), RuleVerdict.Goto("x"))]), new RuleStatement.SetIdentity(5),
            new RuleStatement.FindIdentity(RuleField.Destination6, "id6"), new RuleStatement.SetBits(RuleField.ConnectionMark, 1, 2), RuleStatement.Counter.Instance,
            new RuleStatement.Limit(10, 20), new RuleStatement.Log("a \"b\"", 5), new RuleStatement.Log("c", null), RuleStatement.NoTrack.Instance, new RuleStatement.Reject(IsReset: true),
            new RuleStatement.Go(RuleVerdict.Drop), new RuleStatement.Go(RuleVerdict.Jump("y")),
        ];
        RuleValue[] values =
        [
            new RuleValue.Addresses(new IpRange(IpAddress.Parse("::1"), IpAddress.Parse("::2"))), new RuleValue.Ports(new PortRange(1, 9)), new RuleValue.Transport(Protocol.Sctp),
            new RuleValue.Identity(uint.MaxValue), new RuleValue.Interface("eth0", IsPrefix: true), new RuleValue.Bytes(1, 255), new RuleValue.Mark(8), new RuleValue.Keyword("new"),
            RuleValue.Join(new RuleValue.Mark(1), RuleValue.Anything.Instance), RuleValue.Anything.Instance,
            new RuleValue.LinkAddress(MacAddress.Parse("02:00:00:00:00:01")), new RuleValue.Octets(ulong.MaxValue),
        ];
        Assert.Equal(Kinds(typeof(RuleStatement)), statements.Select(s => s.GetType().Name).Distinct().Order());
        Assert.Equal(Kinds(typeof(RuleValue)), values.Select(s => s.GetType().Name).Distinct().Order());
        Assert.All(statements, s => Assert.Equal(s, RulesetJson.ReadStatement(Written(json => RulesetJson.Write(json, s)))));
        Assert.All(values, v => Assert.Equal(v, RulesetJson.ReadValue(Written(json => RulesetJson.Write(json, v)))));
    }

    [Fact]
    public void Any_damage_is_noticed()
    {
        StateStore store = new(_folder);
        store.Write(StateSlot.Confirmed, Saved("host"));
        string file = store.FileOf(StateSlot.Confirmed);
        byte[] whole = File.ReadAllBytes(file);
        foreach (int at in (int[])[0, 8, 14, 20, 60, 100, whole.Length / 2, whole.Length - 1])
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x20;
            File.WriteAllBytes(file, damaged);
            Assert.Throws<StateException>(() => store.Read(StateSlot.Confirmed));
        }

        foreach (int length in (int[])[0, 5, 90, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Throws<StateException>(() => store.Read(StateSlot.Confirmed));
        }

        File.WriteAllText(file, Encoding.UTF8.GetString(whole).Replace("netpol state 1 ", "netpol state 9 ", StringComparison.Ordinal));
        Assert.Contains("version 9", Assert.Throws<StateException>(() => store.Read(StateSlot.Confirmed)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(file, whole);
        Assert.NotNull(store.Read(StateSlot.Confirmed));
    }

    [Fact]
    public void A_crash_while_writing_leaves_what_was_there()
    {
        StateStore store = new(_folder);
        store.Confirm(Saved("host"));
        File.WriteAllText(store.FileOf(StateSlot.Confirmed) + ".new", "half a fi");
        Assert.Equal(Saved("host").Ruleset.Table, store.Read(StateSlot.Confirmed)!.Ruleset.Table);
        store.Confirm(Saved("empty"));
        Assert.Equal(Saved("empty").Ruleset.Table, store.Read(StateSlot.Confirmed)!.Ruleset.Table);
        Assert.Equal(Saved("host").Ruleset.Table, store.Read(StateSlot.Previous)!.Ruleset.Table);
        Assert.Null(store.Read(StateSlot.Pending));
        Assert.True(store.Delete());
        Assert.False(Directory.Exists(_folder));
        Assert.False(store.Delete());
    }

    [Fact]
    public void The_rules_for_a_machine_of_which_nothing_is_known_close_workloads_only()
    {
        CompiledRuleset closed = BootUnit.Closed();
        Assert.False(closed.HasErrors);
        Assert.Empty(closed.Classes);
        string text = NftWriter.Write(closed);
        Assert.Contains("iifname \"cali*\" goto closed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hook output", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/net pol\n", "/var/lib/netpol")]
    [InlineData("/usr/bin/netpol", "/var/lib/%h")]
    public void A_unit_takes_no_words_that_it_would_read_as_something_else(string program, string folder) =>
        Assert.Throws<ArgumentException>(() => BootUnit.Text(program, folder));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private static SavedRuleset Saved(string name)
    {
        Snapshot snapshot = Worlds.Of(PolicyCases.All[name]);
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, "node1", PolicyCases.Options(name));
        return new SavedRuleset(
            ruleset, [.. LocalWorkload.Of(snapshot, "node1", ruleset.Options)], new Dictionary<string, string> { ["chain a"] = "1", ["set b"] = "2" });
    }

    private static string[] Kinds(Type type) => [.. type.GetNestedTypes().Where(t => t.IsSubclassOf(type)).Select(t => t.Name).Order()];

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            write(json);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
