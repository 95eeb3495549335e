using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Netlink;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Enforce.Tests.Bridges;

/// <summary>Pods behind a bridge: policy decides between them as it does for routed ones, and no pod can be another.</summary>
[Collection("named namespaces")]
public sealed class BridgedPodsTests
{
    private static ushort s_port = 20000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Policy_decides_between_pods_of_one_bridge_and_on_the_ways_in_and_out(bool isV6)
    {
        Require();
        using BridgeLab lab = new();
        (string From, string To, ushort Port, bool Passes)[] cases =
        [
            ("a", "b", 8080, true), ("a", "b", 8081, false), ("c", "b", 8080, false), ("b", "a", 1, true), ("a", "c", 1, true),
            ("c", "a", 53, true), ("c", "a", 54, false), ("a", "out", 7, true), ("c", "out", 53, false),
            ("out", "b", 8080, true), ("out", "b", 8081, false), ("out", "a", 9, true), ("out", "c", 9, true),
            ("x", "a", 1, false), ("a", "x", 1, false), ("out", "x", 1, false),
        ];
        foreach ((string from, string to, ushort port, _) in cases)
        {
            Assert.Equal(to, Others(lab.Arrivals(from, Udp(from, to, port, isV6))));
        }

        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        foreach ((string from, string to, ushort port, bool passes) in cases)
        {
            Assert.Equal((from, to, port, passes ? to : ""), (from, to, port, Others(lab.Arrivals(from, Udp(from, to, port, isV6)))));
        }

        Assert.True(applier.Uninstall());
        Assert.Equal("b", lab.Arrivals("c", Udp("c", "b", 8080, isV6)));
        Assert.Null(applier.ReadBridge());
    }

    [Fact]
    public void Whatever_a_pod_forges_of_another_is_dropped_at_its_port()
    {
        Require();
        using BridgeLab lab = new();
        SortedDictionary<string, (string From, string To, byte[] Frame)> forged = new(StringComparer.Ordinal);
        foreach (string victim in (string[])["a", "b"])
        {
            string from = victim == "a" ? "b" : "a";
            MacAddress own = Mac(from), its = Mac(victim), c = Mac("c");
            foreach (bool isV6 in (bool[])[false, true])
            {
                string address = BridgeLab.Address(victim, isV6), mine = BridgeLab.Address(from, isV6);
                forged[$"{from} with address of {victim} {isV6}"] = (from, "c", Frames.Udp(own, c, address, BridgeLab.Address("c", isV6), Next(), 1));
                forged[$"{from} with both addresses of {victim} {isV6}"] = (from, "c", Frames.Udp(its, c, address, BridgeLab.Address("c", isV6), Next(), 1));
                forged[$"{from} with link-layer address of {victim} {isV6}"] = (from, "c", Frames.Udp(its, c, mine, BridgeLab.Address("c", isV6), Next(), 1));
                forged[$"{from} to the node with address of {victim} {isV6}"] = (from, "host", Frames.Udp(own, Mac("host"), address, BridgeLab.Address("host", isV6), Next(), 1));
            }

            string ip = BridgeLab.Address(victim, isV6: false), ip6 = BridgeLab.Address(victim, isV6: true), own6 = BridgeLab.Address(from, isV6: true);
            forged[$"{from} answers ARP for {victim}"] = (from, "c", Frames.Arp(own, c, isReply: true, own, ip, "10.244.0.4"));
            forged[$"{from} asks by ARP as {victim}"] = (from, "c host x", Frames.Arp(own, Frames.Everybody, isReply: false, own, ip, "10.244.0.4"));
            forged[$"{from} gives away its address in ARP"] = (from, "c", Frames.Arp(own, c, isReply: true, its, BridgeLab.Address(from, isV6: false), "10.244.0.4"));
            forged[$"{from} answers ARP for the node"] = (from, "c", Frames.Arp(own, c, isReply: true, own, "10.244.0.1", "10.244.0.4"));
            forged[$"{from} advertises {victim}"] = (from, "c", Frames.Neighbour(own, c, 136, own6, "fd00:244::4", ip6, own));
            forged[$"{from} advertises {victim} as {victim}"] = (from, "c", Frames.Neighbour(own, c, 136, ip6, "fd00:244::4", ip6, own));
            forged[$"{from} advertises itself at {victim}"] = (from, "c", Frames.Neighbour(own, c, 136, own6, "fd00:244::4", own6, its));
            forged[$"{from} advertises {victim} without option"] = (from, "c", Frames.Neighbour(own, c, 136, own6, "fd00:244::4", ip6, null));
            forged[$"{from} solicits as {victim}"] = (from, "c", Frames.Neighbour(own, c, 135, ip6, "fd00:244::4", "fd00:244::4", own));
            forged[$"{from} solicits with link-layer address of {victim}"] = (from, "c", Frames.Neighbour(own, c, 135, own6, "fd00:244::4", "fd00:244::4", its));
            forged[$"{from} tries the address of {victim}"] = (from, "c", Frames.Neighbour(own, c, 135, "::", "ff02::1:ff00:4", ip6, null));
            forged[$"{from} is a router"] = (from, "c", Frames.Neighbour(own, c, 134, own.LinkLocal.ToString(), "fd00:244::4", null, own));
            forged[$"{from} redirects"] = (from, "c", Frames.Neighbour(own, c, 137, own.LinkLocal.ToString(), "fd00:244::4", ip6, null));
            forged[$"{from} with a tag"] = (from, "c", Frames.Tagged(Udp(from, "c", 1, isV6: false)));
            forged[$"{from} without address"] = (from, "c", Frames.Udp(own, c, "0.0.0.0", "10.244.0.4", 67, 68));
            forged[$"{from} something else"] = (from, "c", Frames.Frame(own, c, 0x88b5, new byte[46]));
        }

        foreach ((string what, (string from, string to, byte[] frame)) in forged)
        {
            Assert.Equal((what, true), (what, to.Split(' ').Intersect(lab.Arrivals(from, frame).Split(' ')).Any()));
        }

        using NftApplier applier = new(lab.Host.Name);
        CompiledRuleset ruleset = BridgeLab.Compile();
        applier.Apply(ruleset);
        NftMachine machine = BridgeLab.Machine(ruleset);
        foreach ((string what, (string from, _, byte[] frame)) in forged)
        {
            Assert.Equal((what, ""), (what, lab.Arrivals(from, frame)));
            Assert.Equal((what, false), (what, BridgeLab.Passes(machine, from, "c", frame)));
        }
    }

    [Fact]
    public void What_pods_need_to_find_each_other_passes()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        CompiledRuleset ruleset = BridgeLab.Compile();
        applier.Apply(ruleset);
        NftMachine machine = BridgeLab.Machine(ruleset);
        MacAddress a = Mac("a"), b = Mac("b");
        string local = a.LinkLocal.ToString();
        MacAddress solicited = MacAddress.Parse("33:33:ff:00:00:03");
        foreach ((string what, byte[] frame) in ((string, byte[])[])
        [
            ("ARP question", Frames.Arp(a, Frames.Everybody, isReply: false, a, "10.244.0.2", "10.244.0.3")),
            ("ARP answer", Frames.Arp(a, b, isReply: true, a, "10.244.0.2", "10.244.0.3")),
            ("ARP probe", Frames.Arp(a, Frames.Everybody, isReply: false, a, "0.0.0.0", "10.244.0.2")),
            ("ARP announcement", Frames.Arp(a, Frames.Everybody, isReply: false, a, "10.244.0.2", "10.244.0.2")),
            ("solicitation", Frames.Neighbour(a, solicited, 135, "fd00:244::2", "ff02::1:ff00:3", "fd00:244::3", a)),
            ("solicitation of one", Frames.Neighbour(a, b, 135, "fd00:244::2", "fd00:244::3", "fd00:244::3", null)),
            ("solicitation from the link-local address", Frames.Neighbour(a, solicited, 135, local, "ff02::1:ff00:3", "fd00:244::3", a)),
            ("is it free", Frames.Neighbour(a, solicited, 135, "::", "ff02::1:ff00:3", "fd00:244::2", null)),
            ("advertisement", Frames.Neighbour(a, b, 136, "fd00:244::2", "fd00:244::3", "fd00:244::2", a)),
            ("advertisement of the link-local address", Frames.Neighbour(a, b, 136, local, "fd00:244::3", local, a)),
            ("advertisement without option", Frames.Neighbour(a, b, 136, "fd00:244::2", "fd00:244::3", "fd00:244::2", null)),
        ])
        {
            Assert.Equal((what, true), (what, lab.Arrivals("a", frame).Split(' ').Contains("b")));
            Assert.Equal((what, true), (what, BridgeLab.Passes(machine, "a", "b", frame)));
        }

        Assert.Contains("host", lab.Arrivals("a", Frames.Neighbour(a, MacAddress.Parse("33:33:00:00:00:02"), 133, local, "ff02::2", null, a)), StringComparison.Ordinal);
        Assert.Contains("host", lab.Arrivals("a", Frames.Udp(a, Frames.Everybody, "0.0.0.0", "255.255.255.255", 68, 67)), StringComparison.Ordinal);
        Assert.Equal("", lab.Arrivals("a", Frames.Udp(b, Frames.Everybody, "0.0.0.0", "255.255.255.255", 68, 67)));
    }

    [Fact]
    public void A_frame_reaches_a_port_only_with_the_addresses_behind_it()
    {
        Require();
        using BridgeLab lab = new();
        byte[] misled = Frames.Udp(Mac("a"), Mac("b"), "10.244.0.2", "10.244.0.4", Next(), 1);
        Assert.Equal("b", lab.Arrivals("a", misled));
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        Assert.Equal("", lab.Arrivals("a", misled));
        Assert.Equal("c", lab.Arrivals("a", Frames.Udp(Mac("a"), Mac("c"), "10.244.0.2", "10.244.0.4", Next(), 1)));
    }

    [Fact]
    public void Somebody_unknown_behind_the_bridge_is_closed_and_cannot_be_a_pod()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        MacAddress x = Mac("x"), a = Mac("a"), b = Mac("b");
        Assert.Equal("", lab.Arrivals("x", Udp("x", "b", 8080, isV6: false)));
        Assert.Equal("", lab.Arrivals("x", Frames.Udp(x, b, "10.244.0.2", "10.244.0.3", Next(), 8080)));
        Assert.Equal("", lab.Arrivals("x", Frames.Udp(a, Mac("host"), "10.244.0.9", "10.244.0.1", Next(), 1)));
        Assert.Equal("", lab.Arrivals("x", Frames.Udp(x, Mac("host"), "fd00:244::2", "fd00:244::1", Next(), 1)));
        Assert.Equal("", lab.Arrivals("x", Frames.Arp(x, Mac("host"), isReply: true, x, "10.244.0.2", "10.244.0.1")));
        Assert.Equal("", lab.Arrivals("x", Frames.Arp(x, b, isReply: true, x, "10.244.0.1", "10.244.0.3")));
        Assert.Equal("", lab.Arrivals("x", Frames.Neighbour(x, Mac("host"), 136, "fd00:244::9", "fd00:244::1", "fd00:244::2", x)));

        // It is let in when it is known, and goes again.
        applier.Apply(BridgeLab.Compile("", "a", "b", "c"));
        Assert.Equal("b", lab.Arrivals("c", Udp("c", "b", 8081, isV6: true)));
        applier.Apply(BridgeLab.Compile("", "a", "b"));
        Assert.Equal("", lab.Arrivals("c", Udp("c", "b", 8081, isV6: true)));
        applier.Apply(BridgeLab.Compile("", "a", "b", "c"));
        Assert.Equal("b", lab.Arrivals("c", Udp("c", "b", 8081, isV6: true)));
    }

    [Fact]
    public void Both_writers_make_the_same_table_and_it_reads_back_as_it_was_written()
    {
        Kernel.RequireLab();
        RuleTable table = Assert.IsType<RuleTable>(BridgeLab.Compile().Bridge);
        using NetworkNamespace byText = NetworkNamespace.CreateAnonymous(), byMessages = NetworkNamespace.CreateAnonymous();
        byText.RunProcess("nft", ["-f", "-"], NftWriter.Write(table)).ThrowIfFailed();
        using NetlinkTransport written = new(byMessages, table.Name), read = new(byText, table.Name);
        written.Run(new RuleTransaction(table.Name, []) { Bridge = BridgeDifference.Plan((RuleTable?)null, table) });
        string[] listing = ["list", "table", "bridge", table.Name];
        Assert.Equal(byText.RunProcess("nft", listing).ThrowIfFailed().Output, byMessages.RunProcess("nft", listing).ThrowIfFailed().Output);
        Assert.Empty(BridgeDifference.Plan(written.ReadBridge(), table));
        Assert.Empty(BridgeDifference.Plan(read.ReadBridge(), table));
        Tables.AssertEqual(TableNormalizer.Normalize(table), read.ReadBridge()!);
    }

    [Fact]
    public void The_kernel_tells_who_is_behind_each_port_and_what_packets_claimed_does_not_count()
    {
        Require();
        using BridgeLab lab = new();
        lab.Arrivals("x", Frames.Udp(Mac("a"), Mac("host"), "10.244.0.2", "10.244.0.1", Next(), 1));
        PodBridge bridge = Assert.Single(PodBridge.Read(["cni0"], lab.Host.Name));
        Assert.Equal(["va", "vb", "vc", "vx"], bridge.Ports.AsEnumerable().Select(p => p.Name));
        foreach (BridgePort port in bridge.Ports)
        {
            string who = port.Name[1..];
            Assert.Equal(Mac(who), port.Mac);
            Assert.Contains(NetPolicy.Addresses.IpAddress.Parse(BridgeLab.Address(who, isV6: false)), port.Addresses);
            Assert.Contains(NetPolicy.Addresses.IpAddress.Parse(BridgeLab.Address(who, isV6: true)), port.Addresses);
        }

        Assert.Empty(Assert.Single(PodBridge.Read(["nobr"], lab.Host.Name)).Ports);

        // A pod that takes another's address as well makes both unknown: neither can be told.
        lab.Pod("b").RunProcess("ip", ["addr", "add", "10.244.0.2/24", "dev", "eth0"]).ThrowIfFailed();
        EnforcementOptions options = new() { Bridges = PodBridge.Read(["cni0"], lab.Host.Name) };
        CompiledRuleset ruleset = RulesetCompiler.Compile(BridgeLab.World(), "node1", options);
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(ruleset);
        Assert.Equal("", lab.Arrivals("b", Frames.Udp(Mac("b"), Mac("c"), "10.244.0.2", "10.244.0.4", Next(), 1)));
        IReadOnlyList<EnforcementGap> gaps = EnforcementGaps.Find(
            HostFacts.Read(lab.Host.Name), FilterFacts.Read(lab.Host.Name), LocalWorkload.Of(BridgeLab.World(), "node1", options), options.Bridges);
        Assert.Equal(
            ["policy of `shop/a` is not enforced: 10.244.0.2 is behind ports `va` and `vb`, and stays closed"],
            gaps.Select(g => g.Finding.Message));
    }

    [Fact]
    public void What_the_kernel_is_set_to_is_seen_and_refused()
    {
        Require();
        using BridgeLab lab = new();
        EnforcementOptions options = new() { Bridges = PodBridge.Read(["cni0"], lab.Host.Name) };
        IEnumerable<string> Gaps() => EnforcementGaps.Find(
            HostFacts.Read(lab.Host.Name), FilterFacts.Read(lab.Host.Name), LocalWorkload.Of(BridgeLab.World(), "node1", options), options.Bridges).Select(g => g.Finding.Message);
        Assert.Empty(Gaps());
        lab.Host.Run(() => File.WriteAllText("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0"));
        Assert.Equal("bridge `cni0`: packets between its ports meet no rule: `net.bridge.bridge-nf-call-ip6tables` is 0, expected 1 (IPv6)", Assert.Single(Gaps()));

        // And so it is: what policy denies passes.
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(BridgeLab.Compile());
        Assert.Equal("b", lab.Arrivals("c", Udp("c", "b", 8080, isV6: true)));
        Assert.Equal("", lab.Arrivals("c", Udp("c", "b", 8080, isV6: false)));
    }

    [Fact]
    public void The_kernel_and_the_interpreter_decide_about_frames_of_every_kind_as_a_pod_may_say()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name);
        CompiledRuleset ruleset = BridgeLab.Compile();
        applier.Apply(ruleset);
        NftMachine machine = BridgeLab.Machine(ruleset);
        FrameMaker maker = new(seed: 7);
        int passed = 0;
        for (int i = 0; i < 3000; i++)
        {
            FrameCase made = maker.Next();
            bool arrives = lab.Arrivals(made.From, made.Bytes).Split(' ').Contains(made.To);
            Assert.Equal((i, made.What, made.MayPass), (i, made.What, arrives));
            Assert.Equal((i, made.What, arrives), (i, made.What, BridgeLab.Passes(machine, made.From, made.To, made.Bytes)));
            passed += arrives ? 1 : 0;
        }

        Assert.InRange(passed, 300, 2500);
    }

    [Fact]
    public void No_rule_of_the_pins_can_be_left_out()
    {
        RuleTable pins = BridgeLab.Compile().Bridge!;
        FrameMaker maker = new(seed: 11);
        FrameCase[] cases = [.. Enumerable.Range(0, 40_000).Select(_ => maker.Next())];
        string rules = NftWriter.Write(RulesetCompiler.Compile(BridgeLab.World(), "node1", new EnforcementOptions { Bridges = [BridgeLab.Ports("a", "b", "c")] }).Table.Resolve(1, 1, 0));
        bool IsNoticed(RuleTable changed)
        {
            NftMachine machine = new(NftRuleset.Parse(rules + NftWriter.Write(changed)));
            return cases.Any(c => BridgeLab.Passes(machine, c.From, c.To, c.Bytes) != c.MayPass);
        }

        Assert.False(IsNoticed(pins));
        List<string> unnoticed = [];
        foreach (RuleChain chain in pins.Chains)
        {
            for (int at = 0; at < chain.Rules.Count; at++)
            {
                int left = at;
                RuleTable changed = pins with
                {
                    Chains = [.. pins.Chains.AsEnumerable().Select(c => c.Name == chain.Name ? c with { Rules = [.. c.Rules.AsEnumerable().Where((_, i) => i != left)] } : c)],
                };
                if (!IsNoticed(changed))
                {
                    unnoticed.Add($"{chain.Name} {at}");
                }
            }
        }

        Assert.Empty(unnoticed);
    }

    [Fact]
    public void Pins_that_somebody_changed_are_put_right_and_an_applier_that_comes_later_changes_nothing()
    {
        Require();
        using BridgeLab lab = new();
        using NftApplier applier = new(lab.Host.Name), another = new(lab.Host.Name);
        CompiledRuleset ruleset = BridgeLab.Compile();
        NftPlan plan = applier.Apply(ruleset);
        Assert.Single(plan.Steps, s => !s.Transaction.Bridge.IsEmpty);
        Assert.Contains(plan.Scripts, s => s.Contains("add table bridge netpol", StringComparison.Ordinal) && s.Contains("add chain inet netpol h_fwd", StringComparison.Ordinal));
        Assert.Empty(applier.Apply(ruleset).Steps);
        Assert.Empty(another.Apply(ruleset).Steps);

        byte[] forged = Frames.Udp(Mac("b"), Mac("c"), "10.244.0.2", "10.244.0.4", Next(), 1);
        lab.Host.RunProcess("nft", ["add", "element", "bridge", "netpol", "pin4", "{ \"vb\" . 02:00:00:00:00:03 . 10.244.0.2 }"]).ThrowIfFailed();
        Assert.Equal("c", lab.Arrivals("b", forged));
        Assert.Single(applier.Apply(ruleset).Steps);
        Assert.Equal("", lab.Arrivals("b", forged));

        // Without the other table it is taken away all the same, and only if it is ours.
        lab.Host.RunProcess("nft", ["delete", "table", "inet", "netpol"]).ThrowIfFailed();
        Assert.True(applier.Uninstall());
        Assert.Null(applier.ReadBridge());
        lab.Host.RunProcess("nft", ["add", "table", "bridge", "netpol"]).ThrowIfFailed();
        Assert.NotEmpty(another.Apply(RulesetCompiler.Compile(BridgeLab.World(), "node1")).Steps);
        Assert.True(another.Uninstall());
        Assert.Contains("table bridge netpol", lab.Host.RunProcess("nft", ["list", "tables"]).Output, StringComparison.Ordinal);
        Assert.Contains("table `bridge netpol` was not made by netpol", Assert.Throws<NftException>(() => applier.Apply(ruleset)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pins_on_trial_hold_for_a_time_and_then_the_kernel_lets_frames_pass_by_itself()
    {
        Require();
        using BridgeLab lab = new();
        using ManagedHost host = new(lab.Host.Name);
        byte[] forged = Frames.Udp(Mac("b"), Mac("c"), "10.244.0.2", "10.244.0.4", Next(), 1), tagged = Frames.Tagged(Udp("b", "c", 1, isV6: false));
        host.Arm(BridgeLab.Compile(), [], TimeSpan.FromSeconds(2));
        Assert.Equal(("", ""), (lab.Arrivals("b", forged), lab.Arrivals("b", tagged)));
        Assert.True(SpinWait.SpinUntil(() => lab.Arrivals("b", forged) == "c", 4000));
        Assert.Equal("c", lab.Arrivals("b", tagged));
        host.Arm(BridgeLab.Compile(), [], TimeSpan.FromSeconds(30));
        Assert.True(host.Confirm());
        Assert.Equal(("", ""), (lab.Arrivals("b", forged), lab.Arrivals("b", tagged)));
    }

    [Fact]
    public void Rules_that_follow_the_engine_take_another_port_with_the_change_that_brings_its_pod()
    {
        Require();
        using BridgeLab lab = new();
        PolicyEngine engine = new();
        engine.Replace(ManifestReader.Read(BridgeLab.Documents));
        NodeRules rules = new(engine.Current, "node1", new EnforcementOptions { Bridges = [BridgeLab.Ports("a", "b")] });
        using NftApplier applier = new(lab.Host.Name);
        applier.Apply(rules);
        Assert.Equal(("b", ""), (lab.Arrivals("a", Udp("a", "b", 1, isV6: true)), lab.Arrivals("c", Udp("c", "b", 1, isV6: true))));

        rules.Bridges = [BridgeLab.Ports("a", "b", "c")];
        NftPlan plan = applier.Apply(rules, engine.Apply([]));
        Assert.DoesNotContain(plan.Steps.AsEnumerable().SelectMany(s => s.Transaction.Operations.AsEnumerable().Concat(s.Transaction.Bridge)), o => o is RuleOperation.AddTable);
        Assert.Equal("b", lab.Arrivals("c", Udp("c", "b", 1, isV6: true)));
        Assert.Empty(applier.Apply(rules, engine.Apply([])).Steps);

        rules.Bridges = [BridgeLab.Ports("a", "c")];
        applier.Apply(rules, engine.Apply([]));
        Assert.Equal(("", "c"), (lab.Arrivals("b", Udp("b", "a", 1, isV6: false)), lab.Arrivals("a", Udp("a", "c", 1, isV6: false))));
    }

    [Fact]
    public void A_pod_that_comes_or_gets_another_port_costs_elements_and_chains_of_its_own()
    {
        RuleTable two = BridgeLab.Compile("", "a", "b").Bridge!, three = BridgeLab.Compile("", "a", "b", "c").Bridge!;
        RuleOperation[] come = [.. BridgeDifference.Plan(two, three)], go = [.. BridgeDifference.Plan(three, two)];
        Assert.DoesNotContain(come, o => o is RuleOperation.DeleteTable or RuleOperation.AddTable or RuleOperation.DeleteSetElements);
        Assert.Equal(["nd_other"], come.OfType<RuleOperation.FlushChain>().Select(o => o.Name));
        Assert.Contains(go, o => o is RuleOperation.DeleteChain { Name: "nd_vc" });
        Assert.Empty(BridgeDifference.Plan(three, three));
    }

    [Fact]
    public void A_ruleset_for_bridged_pods_is_kept_on_disk_and_proven_before_it_is_loaded()
    {
        CompiledRuleset ruleset = BridgeLab.Compile();
        SavedRuleset saved = new(ruleset, [.. LocalWorkload.Of(BridgeLab.World(), "node1", ruleset.Options)], new Dictionary<string, string>());
        SavedRuleset read = SavedRuleset.Read(saved.ToBytes());
        Assert.Equal(ruleset.Bridge, read.Ruleset.Bridge);
        Assert.Equal(ruleset.Options, read.Ruleset.Options);
        Assert.Equal(saved.Workloads, read.Workloads);
        Assert.Equal(["cni0", "cni0", "cni0"], read.Workloads.AsEnumerable().Select(w => w.Bridge));

        TranslationReport report = TranslationCheck.Check(BridgeLab.World(), ruleset);
        Assert.True(report.IsFaithful);
        CompiledRuleset wrong = BridgeLab.Compile("");
        Assert.False(TranslationCheck.Check(BridgeLab.World(), wrong).IsFaithful);
    }

    private static void Require()
    {
        Kernel.RequireLab();
        if (BridgeLab.WhyNot is { } reason)
        {
            throw new InvalidOperationException(Xunit.v3.DynamicSkipToken.Value + reason);
        }
    }

    // What the node routes passes the bridge on its way.
    private static string Others(string arrivals) => string.Join(' ', arrivals.Split(' ').Where(a => a != "host"));

    private static MacAddress Mac(string who) => BridgeLab.Mac(who);

    private static ushort Next() => ++s_port;

    private static byte[] Udp(string from, string to, ushort port, bool isV6)
    {
        string source = BridgeLab.Address(from, isV6), destination = BridgeLab.Address(to, isV6);
        return from == "out" ? Frames.Udp(MacAddress.Parse("02:00:00:00:01:02"), MacAddress.Parse("02:00:00:00:01:01"), source, destination, Next(), port)
            : Frames.Udp(Mac(from), to == "out" ? Mac("host") : Mac(to), source, destination, Next(), port);
    }
}
