using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Rules;
using NetPolicy.Inventory;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <content>What all rulesets have: shared chains, identities, and the way of a packet through the hooks.</content>
internal sealed partial class NodeCompiler
{
    private const byte HopLimitOfNeighbours = 255;

    /// <summary>ICMPv6 types of neighbours: MLD, router solicitation, neighbour solicitation and advertisement.</summary>
    internal static readonly byte[] NeighbourTypes = [130, 131, 132, 143, 133, 135, 136];

    private bool UsesMarks => _options.ConnectionMarkMask != 0;

    private uint ForeignBits => ~_options.ConnectionMarkMask;

    // Shared chains depend on the options alone: see TableComment.
    private void AddShared()
    {
        List<RuleLine> condemn = UsesMarks
            ?
            [
                Say.Line(
                    Say.Is(RuleField.ConnectionState, new RuleValue.Keyword("new"), new RuleValue.Keyword("established")),
                    Say.Is(RuleField.ConnectionStatus, new RuleValue.Keyword("confirmed")),
                    Say.Is(RuleField.ConnectionDirection, new RuleValue.Keyword("original")),
                    new RuleStatement.SetBits(RuleField.ConnectionMark, ForeignBits, _options.DenyBit)),
            ]
            : [];
        RuleLine[] refusal = _options.DenyAction == DenyAction.Reject
            ?
            [
                Say.Line(Say.Is(RuleField.Protocol, Say.Of(Protocol.Tcp)), new RuleStatement.Reject(IsReset: true)),
                Say.Line(new RuleStatement.Reject(IsReset: false)),
            ]
            : [Say.Line(Say.Drop)];
        _chains.Add(Say.Shared(ChainNames.Deny, [.. condemn, Say.Line(Say.Counter, Say.Drop)]));
        _chains.Add(Say.Shared(ChainNames.Refuse, [.. condemn, Say.Line(Say.Counter), .. refusal]));
        _chains.Add(Say.Shared(ChainNames.Accepted, Say.Line(Say.Add(RuleField.PacketMark, _options.AcceptedMark))));
        _chains.Add(Say.Shared(ChainNames.Ok, Say.Line(Say.SetIdentity(IdentitySpace.Met))));
        _chains.Add(Say.Shared(ChainNames.Skip));
        _chains.Add(Say.Shared(
            ChainNames.Known,
            [.. Condemned(), Say.Line(Say.Accept)]));
        RuleLine[] spoofing = [.. _outcomes.Report(ChainNames.Spoofed, isDenied: true)];
        _chains.Add(spoofing.Length == 0
            ? Say.Shared(ChainNames.Spoofed, Say.Named("netpol spoofed source", Say.Counter, Say.Drop))
            : Say.Shared(ChainNames.Spoofed, [Say.Named("netpol spoofed source", Say.Counter), .. spoofing, Say.Line(Say.Drop)]));
        _chains.Add(Say.Shared(
            ChainNames.Closed,
            [Say.Named("netpol unknown workload", Say.Counter), .. _outcomes.Report(ChainNames.Closed, isDenied: true), Say.Line(Say.Goto(ChainNames.Deny))]));
        AddIdentityLookups();
        AddEpoch();
        AddNeighbours();
    }

    private RuleLine[] Condemned() =>
        UsesMarks ? [Say.Named("netpol denied connection", Say.Has(RuleField.ConnectionMark, _options.DenyBit), Say.Counter, Say.Drop)] : [];

    private void AddIdentityLookups()
    {
        foreach ((string find, string net, Func<IpFamily, RuleField> field) in
            ((string, string, Func<IpFamily, RuleField>)[])[(ChainNames.FindSource, "src_net", Say.Source), (ChainNames.FindDestination, "dst_net", Say.Destination)])
        {
            _chains.Add(Say.Chain(
                net,
                Say.Line(new RuleStatement.FindIdentity(field(IpFamily.IPv4), "net4")),
                Say.Line(new RuleStatement.FindIdentity(field(IpFamily.IPv6), "net6")),
                Say.Line(Say.IsIdentity(0), Say.Goto(ChainNames.Deny))));
            _chains.Add(Say.Chain(
                find,
                Say.Line(Say.SetIdentity(0)),
                Say.Line(new RuleStatement.FindIdentity(field(IpFamily.IPv4), "id4")),
                Say.Line(new RuleStatement.FindIdentity(field(IpFamily.IPv6), "id6")),
                Say.Line(Say.IsIdentity(0), Say.Goto(net))));
        }
    }

    private void AddEpoch()
    {
        RuleStatement established = Say.Is(RuleField.ConnectionState, new RuleValue.Keyword("established"));
        uint mask = _options.ConnectionMarkMask;
        _chains.Add(Say.Chain(
            ChainNames.Epoch,
            UsesMarks
                ?
                [
                    Say.Line(new RuleStatement.MatchGeneration(mask, IsPrevious: false), Say.Accept),
                    Say.Line(Say.IsReply, Say.Goto(ChainNames.Known)),
                ]
                : [Say.Line(established, Say.Accept)]));
        _chains.Add(Say.Chain(ChainNames.Mark, UsesMarks ? [Say.Line(new RuleStatement.SetGeneration(mask))] : []));
        _chains.Add(Say.Chain(
            ChainNames.Previous, UsesMarks ? [Say.Line(new RuleStatement.MatchGeneration(mask, IsPrevious: true), Say.Accept)] : []));
    }

    private void AddNeighbours()
    {
        static RuleStatement Types(params IEnumerable<byte> types) => Say.Is(RuleField.Icmp6Type, [.. types.Order().Select(Say.Of)]);
        byte[] withAdverts = [.. NeighbourTypes, 134];
        _chains.Add(Say.Chain(
            "nd_in",
            Say.Line(Types(NeighbourTypes), Say.Accept),
            Say.Line(Say.Is(RuleField.InInterface, Say.Prefix(Prefix)), Say.Return),
            Say.Line(Say.In(ChainNames.WorkloadInterfaces, RuleField.InInterface), Say.Return),
            Say.Line(
                Types(134), Say.Is(RuleField.HopLimit, Say.Of(HopLimitOfNeighbours)),
                Say.Is(RuleField.Source6, Say.Of(IpPrefix.Parse("fe80::/10"))), Say.Accept)));
        _chains.Add(Say.Chain("nd_out", Say.Line(Types(withAdverts), Say.Accept)));
        _chains.Add(Say.Chain(ChainNames.Neighbours, Say.Line(Types(withAdverts), Say.Accept)));
    }

    private void AddHooks()
    {
        if (_stages.Contains(RawIn))
        {
            AddHook("raw", RuleHookPoint.Prerouting, -300, [ClearMarks(), Say.Line(Say.Look(RawIn, RuleField.InInterface))]);
        }

        if (_stages.Contains(RawOut))
        {
            AddHook("rawo", RuleHookPoint.Output, -300, [ClearMarks(), Say.Line(Say.Look(RawOut, RuleField.OutInterface))]);
        }

        if (_stages.Contains(Before))
        {
            AddBeforeTranslation();
        }

        AddInput();
        AddForward();
        if (_stages.Contains(NormalOut))
        {
            AddOutput();
            AddPostrouting();
        }
    }

    private void AddHook(string name, RuleHookPoint point, int priority, RuleLine[] lines)
    {
        _chains.Add(new RuleChain(name, [.. lines]));
        _hooks.Add(Say.Base("h_" + name, point, priority, name));
    }

    // Whoever set our bits before us was not us.
    private RuleLine ClearMarks()
    {
        uint bits = _options.AcceptedMark | _options.SeenMark;
        return Say.Line(
            new RuleStatement.MatchBits(RuleField.PacketMark, bits, 0, IsNegated: true), new RuleStatement.SetBits(RuleField.PacketMark, ~bits, 0));
    }

    private void AddBeforeTranslation()
    {
        _chains.Add(Say.Chain(
            "pre_body",
            Say.Line(Say.Add(RuleField.PacketMark, _options.SeenMark)),
            Say.Line(Say.Look(Before, RuleField.InInterface))));
        AddWalk("pre");
        _chains.Add(Say.Chain("pre_rel", Say.Line(Say.IsAnyIcmp, Say.Return), Say.Line(Say.Goto("pre_walk"))));
        AddHook(
            "pre",
            RuleHookPoint.Prerouting,
            -150,
            [
                _stages.Contains(RawIn) ? Say.Line(Say.Has(RuleField.PacketMark, _options.AcceptedMark), Say.Return) : ClearMarks(),
                Say.Line(Say.Related, Say.Goto("pre_rel")),
                Say.Line(Say.Jump(ChainNames.Epoch)),
                Say.Line(Say.IsIcmpV6, Say.Jump(ChainNames.Neighbours)),
                Say.Line(Say.Goto("pre_walk")),
            ]);
    }

    private void AddInput()
    {
        bool hasHosts = _stages.Contains(NormalIn);
        List<RuleLine> body =
        [
            Say.Line(Say.IsIcmpV6, Say.Jump("nd_in")),
            .. BridgedToHost(),
            Say.Line(Say.Invalid, Say.Goto("invalid_in")),
            Say.Line(Say.Look("from4", RuleField.InInterface, RuleField.Source4)),
            Say.Line(Say.Look("from6", RuleField.InInterface, RuleField.Source6)),
            .. UnknownToHost(),
            Say.Line(Say.In(ChainNames.WorkloadInterfaces, RuleField.InInterface), Say.Goto("ep_to_host")),
        ];
        if (_star >= 0)
        {
            body.Add(Say.Line(Say.Is(RuleField.InInterface, Say.Prefix(Prefix)), Say.Return));
        }

        if (hasHosts)
        {
            body.Add(Say.Line(Say.Look(NormalIn, RuleField.InInterface)));
        }

        body.Add(Say.Line(Say.HasIdentity, Say.Goto(ChainNames.Mark)));
        _chains.Add(new RuleChain("in_body", [.. body]));
        _chains.Add(EndpointToHost());
        _chains.Add(new RuleChain("invalid_in", [.. InvalidFrom(RuleField.InInterface), .. InvalidOfHosts(RuleField.InInterface)]));
        _chains.Add(Say.Chain(
            "in_walk", Say.Line(Say.SetIdentity(0)), Say.Line(Say.Jump("in_body")), Say.Line(Say.SetIdentity(0))));
        _chains.Add(Say.Chain("in_rel", Say.Line(Say.IsAnyIcmp, Say.Goto(ChainNames.Known)), Say.Line(Say.Goto("in_walk"))));
        AddHook(
            "in",
            RuleHookPoint.Input,
            0,
            [
                .. Loopback(RuleField.InInterface),
                Say.Line(Say.Related, Say.Goto("in_rel")),
                Say.Line(Say.Jump(ChainNames.Epoch)),
                Say.Line(Say.Goto("in_walk")),
            ]);
    }

    private RuleChain EndpointToHost() => _node?.EndpointToHost == EndpointToHostAction.Drop
        ? Say.Chain("ep_to_host", Say.Named("netpol endpoint to host", Say.Counter, Say.Goto(ChainNames.Refuse)))
        : Say.Chain("ep_to_host", Say.Line(Say.Goto(ChainNames.Mark)));

    private void AddForward()
    {
        List<RuleLine> body = [.. BetweenPorts(), Say.Line(Say.Invalid, Say.Goto("invalid_fwd"))];
        if (_hasSelfTraffic)
        {
            // A pod that reaches itself through a Service is no policy's business.
            body.Add(Say.Line(
                Say.In("self4", RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4), Say.Goto(ChainNames.Mark)));
            body.Add(Say.Line(
                Say.In("self6", RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6), Say.Goto(ChainNames.Mark)));
        }

        if (_hasReturnPolicies)
        {
            body.Add(Say.Line(Say.Look("back4", RuleField.InInterface, RuleField.Source4, RuleField.OutInterface, RuleField.Destination4)));
            body.Add(Say.Line(Say.Look("back6", RuleField.InInterface, RuleField.Source6, RuleField.OutInterface, RuleField.Destination6)));
        }

        if (_stages.Contains(ForwardIn))
        {
            body.Add(Say.Line(Say.Look(ForwardIn, RuleField.InInterface)));
        }

        body.Add(Say.Line(Say.Look("from4", RuleField.InInterface, RuleField.Source4)));
        body.Add(Say.Line(Say.Look("from6", RuleField.InInterface, RuleField.Source6)));
        body.Add(Say.Line(Say.Look("to", RuleField.OutInterface)));
        if (_stages.Contains(ForwardOut))
        {
            body.Add(Say.Line(Say.Look(ForwardOut, RuleField.OutInterface)));
        }

        body.Add(Say.Line(Say.HasIdentity, Say.Goto(ChainNames.Mark)));
        _chains.Add(new RuleChain("fwd_body", [.. body]));
        _chains.Add(new RuleChain(
            "invalid_fwd",
            [
                .. InvalidFrom(RuleField.InInterface), .. InvalidFrom(RuleField.OutInterface),
                .. _stages.Contains(ForwardIn) ? InvalidOfHosts(RuleField.InInterface, isForward: true) : [],
                .. _stages.Contains(ForwardOut) ? InvalidOfHosts(RuleField.OutInterface, isForward: true) : [],
            ]));
        AddWalk("fwd");
        _chains.Add(Say.Chain("fwd_rel", Say.Line(Say.IsAnyIcmp, Say.Goto(ChainNames.Known)), Say.Line(Say.Goto("fwd_walk"))));
        AddHook(
            "fwd",
            RuleHookPoint.Forward,
            0,
            [Say.Line(Say.Related, Say.Goto("fwd_rel")), Say.Line(Say.Jump(ChainNames.Epoch)), Say.Line(Say.Goto("fwd_walk"))]);
    }

    private void AddOutput()
    {
        _chains.Add(new RuleChain(
            "out_body",
            [
                Say.Line(Say.IsIcmpV6, Say.Jump("nd_out")),
                Say.Line(Say.Invalid, Say.Goto("invalid_out")),
                .. HostStageLines(),
            ]));
        _chains.Add(new RuleChain("invalid_out", [.. InvalidOfHosts(RuleField.OutInterface)]));
        AddWalk("out");
        _chains.Add(Say.Chain(
            "out_rel",
            Say.Line(Say.IsAnyIcmp, Say.Goto(ChainNames.Known)),
            Say.Line(Say.Translated, Say.Accept),
            Say.Line(Say.Goto("out_walk"))));
        List<RuleLine> lines = [];
        if (_stages.Contains(RawOut))
        {
            lines.Add(Say.Line(Say.Has(RuleField.PacketMark, _options.AcceptedMark), Say.Accept));
        }

        AddHook(
            "out",
            RuleHookPoint.Output,
            0,
            [
                .. lines,
                .. Loopback(RuleField.OutInterface),
                Say.Line(Say.Related, Say.Goto("out_rel")),
                Say.Line(Say.Jump(ChainNames.Epoch)),
                Say.Line(Say.Translated, Say.Accept),
                Say.Line(Say.Goto("out_walk")),
            ]);
    }

    // Locally made packets whose destination was translated are judged by where they go in the end.
    private void AddPostrouting()
    {
        _chains.Add(new RuleChain("post_body", [.. HostStageLines()]));
        AddWalk("post");
        _chains.Add(Say.Chain(
            "post_dnat",
            Say.Line(Say.Related, Say.Goto("post_rel")),
            Say.Line(Say.Jump(ChainNames.Epoch)),
            Say.Line(Say.Goto("post_walk"))));
        _chains.Add(Say.Chain("post_rel", Say.Line(Say.IsAnyIcmp, Say.Goto(ChainNames.Known)), Say.Line(Say.Goto("post_walk"))));
        AddHook(
            "post",
            RuleHookPoint.Postrouting,
            -150,
            [
                Say.Line(Say.IsNot(RuleField.InInterfaceIndex, new RuleValue.Keyword("0")), Say.Accept),
                Say.Line(Say.Translated, Say.Goto("post_dnat")),
            ]);
    }

    // A host reaches its own workloads whatever policy says. Over loopback the mark is left to the input stage, which is still to come.
    private IEnumerable<RuleLine> HostStageLines()
    {
        if (_star >= 0)
        {
            yield return Say.Line(Say.In(ChainNames.WorkloadInterfaces, RuleField.OutInterface), Say.Return);
            yield return Say.Line(Say.Is(RuleField.OutInterface, Say.Prefix(Prefix)), Say.Return);
        }

        yield return Say.Line(Say.Look(NormalOut, RuleField.OutInterface));
        if (PolicesLoopback)
        {
            yield return Say.Line(Say.Is(RuleField.OutInterface, Say.Name("lo")), Say.Return);
        }

        yield return Say.Line(Say.HasIdentity, Say.Goto(ChainNames.Mark));
    }

    private IEnumerable<RuleLine> Loopback(RuleField field) =>
        PolicesLoopback ? [] : [Say.Line(Say.Is(field, Say.Name("lo")), Say.Accept)];

    private IEnumerable<RuleLine> InvalidFrom(RuleField field) =>
    [
        Say.Named("netpol invalid", Say.In(ChainNames.WorkloadInterfaces, field), Say.Counter, Say.Drop),
        .. _options.UnknownPods == UnknownPods.Closed
            ? (RuleLine[])[Say.Named("netpol invalid", Say.Is(field, Say.Prefix(Prefix)), Say.Counter, Say.Drop)]
            : [],
    ];

    // What a host endpoint governs, loopback only by name or by `*`. What the host sends to its own workloads is nobody's business.
    private List<RuleLine> InvalidOfHosts(RuleField field, bool isForward = false)
    {
        if (_star < 0 && _unlisted < 0)
        {
            return _ownHostEndpoints.Count == 0
                ? []
                : [Say.Named("netpol invalid", Say.Is(field, [.. _ownHostEndpoints.Keys.Select(Say.Name)]), Say.Counter, Say.Drop)];
        }

        // On the way through both interfaces are asked about, so nothing leads back after the first.
        if (isForward)
        {
            return [_star < 0 ? Say.Named("netpol invalid", Say.IsNot(field, Say.Name("lo")), Say.Counter, Say.Drop) : Say.Named("netpol invalid", Say.Counter, Say.Drop)];
        }

        List<RuleLine> lines = [];
        if (_star < 0)
        {
            lines.Add(_ownHostEndpoints.ContainsKey("lo")
                ? Say.Named("netpol invalid", Say.Is(field, Say.Name("lo")), Say.Counter, Say.Drop)
                : Say.Line(Say.Is(field, Say.Name("lo")), Say.Return));
        }

        lines.Add(Say.Line(Say.In(ChainNames.WorkloadInterfaces, field), Say.Return));
        lines.Add(Say.Line(Say.Is(field, Say.Prefix(Prefix)), Say.Return));
        lines.Add(Say.Named("netpol invalid", Say.Counter, Say.Drop));
        return lines;
    }

    /// <summary>
    /// Calls a body with an empty register and puts the packet's priority back: values 1 to 7, which the stack makes of TOS and sockets ask for,
    /// are kept by the chain that runs.
    /// </summary>
    private void AddWalk(string hook)
    {
        string body = hook + "_body";
        RuleLine jump = Say.Line(Say.Jump(body)), clear = Say.Line(Say.SetIdentity(0));
        List<RuleElement> kept = [];
        for (uint priority = 1; priority <= 7; priority++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{hook}_p{priority}");
            kept.Add(new RuleElement(new RuleValue.Identity(priority), RuleVerdict.Goto(name)));
            _chains.Add(Say.Chain(name, clear, jump, Say.Line(Say.SetIdentity(priority))));
        }

        _chains.Add(Say.Chain(hook + "_prio", Say.Line(new RuleStatement.Switch(RuleField.Identity, [.. kept])), clear, jump, clear));
        _chains.Add(Say.Chain(hook + "_walk", Say.Line(Say.HasIdentity, Say.Goto(hook + "_prio")), jump, clear));
    }
}
