using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using NetPolicy.Addresses;
using NetPolicy.Enforce.FlowLog;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.FlowLog;

/// <summary>Rules report what they decide, readers name it, and figures can be collected.</summary>
[Collection("named namespaces")]
public sealed class FlowLogTests
{
    private static readonly EnforcementOptions s_denied = new() { FlowLog = FlowLogMode.Denied };

    [Fact]
    public void Rules_report_denials_or_everything_and_never_without_limit()
    {
        string none = Text(EnforcementOptions.Default);
        string denied = Text(s_denied);
        string all = Text(new EnforcementOptions { FlowLog = FlowLogMode.All, FlowLogRate = 5 });
        Assert.DoesNotContain("log prefix", none, StringComparison.Ordinal);
        Assert.Contains("limit rate 100/second burst 200 packets log prefix \"netpol D r_", denied, StringComparison.Ordinal);
        Assert.Contains("log prefix \"netpol D closed \" group 1616", denied, StringComparison.Ordinal);
        Assert.DoesNotContain("netpol A r_", denied, StringComparison.Ordinal);
        Assert.Contains("limit rate 5/second burst 10 packets log prefix \"netpol A r_", all, StringComparison.Ordinal);
        foreach (string text in (string[])[denied, all])
        {
            Assert.All(text.Split('\n').Where(l => l.Contains("log prefix", StringComparison.Ordinal)), l => Assert.Contains("limit rate", l, StringComparison.Ordinal));
            _ = NftRuleset.Parse(text);
        }
    }

    [Fact]
    public void Reporting_is_an_option_of_the_table_and_gives_rules_other_chains()
    {
        CompiledRuleset none = Compile(EnforcementOptions.Default);
        CompiledRuleset denied = Compile(s_denied);
        Assert.NotEqual(none.Table.Comment, denied.Table.Comment);
        Assert.Empty(Chains(none).Intersect(Chains(denied)));
        Assert.Throws<ArgumentException>(() => Compile(new EnforcementOptions { FlowLogRate = 0 }));
    }

    [Fact]
    public void A_denied_connection_is_reported_with_names_rule_place_and_what_staged_policy_would_decide()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("flows");
        foreach (string command in (string[])["link add eth0 type veth peer name wire", "address add 192.0.2.1/24 dev eth0", "link set wire up", "link set eth0 up", "neigh add 192.0.2.2 lladdr 02:00:00:00:00:09 dev eth0"])
        {
            place.RunProcess("ip", command.Split(' ')).ThrowIfFailed();
        }

        const string World = """
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: h, labels: {role: node}}
            spec: {node: node1, interfaceName: eth0}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: closed}
            spec: {selector: role == 'node', order: 20, types: [Egress], egress: [{action: Deny, protocol: UDP, destination: {ports: [7000]}}, {action: Allow}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: StagedGlobalNetworkPolicy
            metadata: {name: opens}
            spec: {selector: role == 'node', order: 10, types: [Egress], egress: [{action: Allow, protocol: UDP, destination: {ports: [7000]}}]}
            """;
        Snapshot snapshot = Worlds.Of(World);
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, "node1", new EnforcementOptions { FlowLog = FlowLogMode.All });
        using NftApplier applier = new(place.Name);
        applier.Apply(ruleset);
        FlowNames names = new(ruleset, snapshot, Analysis.PendingWorld.Of(snapshot)!.Pending);
        using PacketLogReader reader = new(place.Name, EnforcementOptions.DefaultFlowLogGroup);
        place.Run(() =>
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    socket.SendTo([1], new IPEndPoint(IPAddress.Parse("192.0.2.2"), 7000));
                }
                catch (SocketException)
                {
                    // The sender is told of the denial.
                }
            }

            socket.SendTo([1], new IPEndPoint(IPAddress.Parse("192.0.2.2"), 7001));
        });
        FlowWindow window = new();
        reader.Read(TimeSpan.FromSeconds(1), packet => window.Add(names.Of(packet)));
        FlowRecord[] records = [.. window.Empty().Where(r => r.Protocol == Protocol.Udp)];

        Assert.Equal(2, records.Length);
        FlowRecord denied = records[0];
        Assert.Equal(("host:node1", "host:node2", (ushort?)7000), (denied.From, denied.To, denied.Port));
        Assert.Equal((Verdict.Deny, (Verdict?)Verdict.Allow, 3L), (denied.Verdict, denied.Pending, denied.Packets));
        Assert.Equal("gnp closed egress 0", denied.Rule);
        Assert.Equal("world.yaml", denied.Span.File);
        Assert.Equal((Verdict.Allow, "gnp closed egress 1", (ushort?)7001), (records[1].Verdict, records[1].Rule, records[1].Port));
        Assert.Equal(0, reader.Dropped);
    }

    [Fact]
    public void Packets_are_read_whatever_they_are()
    {
        byte[] udp = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x1b, 0x58, 0, 53, 0, 8, 0, 0];
        LoggedPacket packet = LoggedPacket.Read("p", udp)!;
        Assert.Equal((IpAddress.Parse("192.0.2.1"), IpAddress.Parse("192.0.2.2"), (ushort?)7000, (ushort?)53), (packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort));
        byte[] later = [.. udp];
        later[7] = 1;
        Assert.Null(LoggedPacket.Read("p", later)!.DestinationPort);
        byte[] six = new byte[56];
        (six[0], six[6], six[40], six[48]) = (0x60, 0, 58, 135);
        Assert.Equal(((byte?)135, Protocol.IcmpV6), (LoggedPacket.Read("p", six)!.IcmpType, LoggedPacket.Read("p", six)!.Protocol));
        for (int length = 0; length < udp.Length; length++)
        {
            _ = LoggedPacket.Read("p", udp.AsSpan(0, length));
            _ = LoggedPacket.Read("p", six.AsSpan(0, length));
        }

        Random random = new(7);
        byte[] noise = new byte[80];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(noise);
            noise[0] = (byte)((i % 2 == 0 ? 0x40 : 0x60) | (noise[0] & 15));
            _ = LoggedPacket.Read("p", noise.AsSpan(0, random.Next(81)));
        }
    }

    [Fact]
    public void A_window_adds_up_and_says_what_found_no_place()
    {
        FlowWindow window = new(limit: 1);
        window.Add(Record(80));
        window.Add(Record(80));
        window.Add(Record(81));
        Assert.Equal(1, window.Overflowed);
        Assert.Equal(2, Assert.Single(window.Empty()).Packets);
        Assert.Empty(window.Empty());
    }

    [Fact]
    public void Figures_can_be_collected()
    {
        CompiledRuleset ruleset = Compile(EnforcementOptions.Default);
        string deny = ruleset.RuleComments.Keys.First(c => c.EndsWith("default", StringComparison.Ordinal));
        HostStatus status = new(
            new NftStatus("netpol", true, 5, "", new Dictionary<string, ulong> { [deny] = 7, ["netpol invalid"] = 2 }),
            ArmedPhase.None, default, ruleset, null, null, ["chain x was changed"], []);
        Dictionary<string, List<(double Value, string Tags)>> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (instrument.Meter.Name == EnforcementMetrics.MeterName && instrument.IsObservable)
            {
                on.EnableMeasurementEvents(instrument);
            }
        };
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            (seen.TryGetValue(instrument.Name, out List<(double, string)>? list) ? list : seen[instrument.Name] = []).Add((value, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        using EnforcementMetrics metrics = new(() => status);
        listener.RecordObservableInstruments();
        Assert.Equal(5, Assert.Single(seen["netpol.generation"]).Value);
        Assert.Equal(1, Assert.Single(seen["netpol.drift"]).Value);
        Assert.Contains((7d, $"rule={deny},verdict=deny"), seen["netpol.rule.packets"]);
        Assert.Contains((2d, "rule=netpol invalid,verdict=deny"), seen["netpol.rule.packets"]);
    }

    private static FlowRecord Record(ushort port) => new()
    {
        From = "a",
        FromAddress = IpAddress.Parse("192.0.2.1"),
        To = "b",
        ToAddress = IpAddress.Parse("192.0.2.2"),
        Protocol = Protocol.Tcp,
        Port = port,
        Verdict = Verdict.Deny,
        Rule = "r",
    };

    private static string Text(EnforcementOptions options) => NftWriter.Write(Compile(options));

    private static CompiledRuleset Compile(EnforcementOptions options) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All["kubernetes"]), "node1", options);

    private static IEnumerable<string> Chains(CompiledRuleset ruleset) =>
        ruleset.Table.Chains.AsEnumerable().Select(c => c.Name).Where(n => n.StartsWith("r_", StringComparison.Ordinal));
}
