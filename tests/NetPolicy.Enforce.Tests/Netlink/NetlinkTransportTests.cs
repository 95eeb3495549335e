using System.Diagnostics;
using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Rules;
using NetPolicy.Laws;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Enforce.Tests.Netlink;

public sealed class NetlinkTransportTests
{
    private static readonly RuleOperation s_table = new RuleOperation.AddTable("netpol managed table, test");
    private static readonly RuleMap s_map = new("m", [RuleField.DestinationPort], [], IsInterval: false, Size: 2);

    [Fact]
    public void A_refusal_names_the_object_and_nothing_is_applied()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkTransport transport = new(place, "t");
        Run(transport, s_table, new RuleOperation.AddChain("a", null), new RuleOperation.AddMap(s_map));
        uint generation = transport.Generation();

        Assert.Equal(
            "making chain `a`: an object of that name or an element of that key exists already",
            Refusal(transport, new RuleOperation.AddChain("b", null), new RuleOperation.AddChain("a", null)).Message);
        Assert.Equal("deleting chain `c`: no such object", Refusal(transport, new RuleOperation.DeleteChain("c")).Message);
        Assert.Equal("deleting elements of map `m`: no such object", Refusal(transport, new RuleOperation.DeleteMapElements(Ports(1))).Message);
        Assert.Equal("adding elements to map `m`: the set is full", Refusal(transport, new RuleOperation.AddMapElements(Ports(1, 2, 3))).Message);
        Assert.Equal(
            "adding rule `x` to chain `a`: no such object",
            Refusal(transport, new RuleOperation.AddRule("a", new RuleLine([new RuleStatement.Go(RuleVerdict.Goto("nowhere"))], "x"))).Message);
        Assert.Equal(
            "deleting chain `a`: the object is still in use",
            Refusal(
                transport, new RuleOperation.AddChain("d", null), new RuleOperation.AddRule("d", new RuleLine([new RuleStatement.Go(RuleVerdict.Goto("a"))])),
                new RuleOperation.DeleteChain("a")).Message);

        Assert.Equal(generation, transport.Generation());
        Assert.Equal("a", Assert.Single(transport.Read()!.Chains).Name);
    }

    [Fact]
    public void Elements_come_and_go_one_by_one()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkTransport transport = new(place, "t");
        RuleSet ranges = new("s", [RuleField.Source4], [Addresses("10.0.0.0/8"), Addresses("11.0.0.0/8"), Addresses("255.0.0.0/8")], IsInterval: true);
        RuleSet boxes = new(
            "p", [RuleField.Protocol, RuleField.DestinationPort],
            [RuleValue.Join(new RuleValue.Transport(Tcp), new RuleValue.Ports(new(1, 9))), RuleValue.Join(new RuleValue.Transport(Tcp), new RuleValue.Ports(new(20, 20)))],
            IsInterval: true);
        Run(transport, s_table, new RuleOperation.AddMap(s_map), new RuleOperation.AddMapElements(Ports(1, 2)));
        Run(transport, new RuleOperation.AddSet(ranges), new RuleOperation.AddSetElements(ranges), new RuleOperation.AddSet(boxes), new RuleOperation.AddSetElements(boxes));

        // An element is changed by taking it out and putting it in again.
        Run(transport, new RuleOperation.DeleteMapElements(Ports(1)), new RuleOperation.AddMapElements(Ports(3)));
        Run(transport, new RuleOperation.DeleteSetElements(ranges with { Elements = [ranges.Elements[0]] }));
        Run(transport, new RuleOperation.DeleteSetElements(ranges with { Elements = [ranges.Elements[2]] }), new RuleOperation.AddSetElements(ranges with { Elements = [Addresses("200.0.0.0/8")] }));
        Run(transport, new RuleOperation.DeleteSetElements(boxes with { Elements = [boxes.Elements[1]] }));

        LoadedTable loaded = transport.Read()!;
        Assert.Empty(loaded.Foreign);
        Assert.Equal(Ports(2, 3).Elements, loaded.Maps[0].Elements);
        Assert.Equal([Addresses("11.0.0.0/8"), Addresses("200.0.0.0/8")], loaded.Sets[0].Elements);
        Assert.Equal([boxes.Elements[0]], loaded.Sets[1].Elements);
        Assert.Contains("elements = { 11.0.0.0/8, 200.0.0.0/8 }", Tables.List(place, "t"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_transaction_on_rules_that_changed_meanwhile_is_refused_and_goes_through_after_reading_again()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkTransport transport = new(place, "t");
        Run(transport, s_table);
        uint generation = transport.Read()!.Generation;
        place.RunProcess("nft", ["add", "table", "ip", "theirs"]).ThrowIfFailed();

        RuleTransaction transaction = new("t", [new RuleOperation.AddChain("a", null)]);
        NetlinkException refusal = Assert.Throws<NetlinkException>(() => transport.Run(transaction, generation));
        Assert.True(refusal.IsChangedMeanwhile);
        Assert.Equal("changing the packet filter: the rules were changed meanwhile", refusal.Message);
        Assert.Empty(transport.Read()!.Chains);

        uint? made = transport.Run(transaction, transport.Read()!.Generation);
        Assert.Equal(transport.Generation(), made);
        Assert.Single(transport.Read()!.Chains);
    }

    [Fact]
    public void Without_privilege_the_refusal_says_which_is_missing()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        NetlinkException refusal = place.Run(() =>
        {
            Capabilities.DropAll();
            using NetlinkTransport transport = new(null, "t");
            return Refusal(transport, s_table);
        });
        Assert.Equal(KernelPermission, refusal.Error);
        Assert.Equal("changing the packet filter: no permission, expected the capability CAP_NET_ADMIN", refusal.Message);
    }

    [Theory]
    [InlineData("add rule inet t a tcp flags syn counter comment \"theirs\"", "a rule of chain `a`: expression `bitwise`")]
    [InlineData("add rule inet t a limit rate 5/minute", "a rule of chain `a`: expression `limit`")]
    [InlineData("add rule inet t a ct mark set 5", "a rule of chain `a`: expression `ct`")]
    [InlineData("add rule inet t a ether type arp drop", "a rule of chain `a`: expression `meta`")]
    [InlineData("add set inet t x { type ipv4_addr; timeout 5s; }", "set `x`: what its elements carry")]
    [InlineData("add set inet t x { type arp_op; }", "set `x`: the type of its keys")]
    [InlineData("add map inet t x { type ipv4_addr : inet_service; }", "set `x`: the type of its values")]
    [InlineData("add element inet t m { 80 comment \"mine\" : drop }", "set `m`: what its elements carry")]
    [InlineData("add chain inet t h { type filter hook input priority 0; policy drop; }", "chain `h`: its hook or policy")]
    [InlineData("add chain inet t h { type nat hook input priority 100; }", "chain `h`: its hook or policy")]
    [InlineData("add counter inet t c", "a named object")]
    [InlineData("add table inet t { flags dormant; }", "the table's flags")]
    public void What_others_put_into_the_table_is_seen_and_equal_to_nothing(string command, string foreign)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkTransport transport = new(place, "t");
        Run(transport, s_table, new RuleOperation.AddChain("a", null), new RuleOperation.AddMap(s_map));
        Assert.Empty(transport.Read()!.Foreign);
        place.RunProcess("nft", ["-f", "-"], command + "\n").ThrowIfFailed();

        LoadedTable loaded = transport.Read()!;
        Assert.Contains(loaded.Foreign, f => f.StartsWith(foreign, StringComparison.Ordinal));
        Assert.Null(loaded.Rules);
    }

    [Fact]
    public void A_change_by_somebody_else_is_told()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkMonitor monitor = new(place);
        using NetlinkTransport transport = new(place, "t");
        Run(transport, s_table);
        Assert.Null(monitor.WaitForOthers(TimeSpan.FromMilliseconds(20)));

        place.RunProcess("nft", ["add", "table", "ip", "theirs"]).ThrowIfFailed();
        NetlinkChange? change = monitor.WaitForOthers(TimeSpan.FromSeconds(5));
        Assert.NotNull(change);
        Assert.Equal((transport.Generation(), "nft"), (change.Generation, change.ProcessName));
        Assert.Null(monitor.WaitForOthers(TimeSpan.Zero));
    }

    [Fact]
    public void A_quarter_of_a_million_identities_are_loaded_read_back_and_grow_by_one()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NetlinkTransport transport = new(place, "t");
        (IpRange, uint)[] elements = [.. Enumerable.Range(0, 250_000).Select(i => (new IpRange(Address(i), Address(i)), (uint)i + 1))];
        IdentityMap map = new("id4", IpFamily.IPv4, [.. elements], IsInterval: false, Size: 524_288);
        Stopwatch watch = Stopwatch.StartNew();
        Run(transport, s_table, new RuleOperation.AddIdentityMap(map), new RuleOperation.AddIdentities(map));
        TimeSpan loading = watch.Elapsed;
        watch.Restart();
        LoadedTable loaded = transport.Read()!;
        TimeSpan reading = watch.Elapsed;
        Assert.Equal(map, Assert.Single(loaded.Identities));

        RuleTransaction[] grow = [.. Enumerable.Range(250_000, 200).Select(i => new RuleTransaction("t", [new RuleOperation.AddIdentities(map with { Elements = [(new IpRange(Address(i), Address(i)), 1u)] })]))];
        watch.Restart();
        foreach (RuleTransaction one in grow)
        {
            transport.Run(one);
        }

        TimeSpan growing = watch.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"250,000 loaded in {loading.TotalMilliseconds:0} ms, read in {reading.TotalMilliseconds:0} ms; one more {growing.TotalMicroseconds / grow.Length:0.0} us"));
        Assert.Equal(250_200, transport.Read()!.Identities[0].Elements.Count);
    }

    private const int KernelPermission = 1;

    private static Protocol Tcp => Protocol.Tcp;

    private static IpAddress Address(int number) => IpAddress.FromIPv4(0x0a000000u + (uint)number);

    private static RuleValue.Addresses Addresses(string prefix) => new(IpRange.Of(IpPrefix.Parse(prefix)));

    private static RuleMap Ports(params ushort[] ports) =>
        s_map with { Elements = [.. ports.Select(p => new RuleElement(new RuleValue.Ports(PortRange.Single(p)), RuleVerdict.Accept))] };

    private static void Run(NetlinkTransport transport, params RuleOperation[] operations) => transport.Run(new RuleTransaction("t", [.. operations]));

    private static NetlinkException Refusal(NetlinkTransport transport, params RuleOperation[] operations) =>
        Assert.Throws<NetlinkException>(() => Run(transport, operations));
}
