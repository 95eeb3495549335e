using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <content>Host endpoints: which stage of which interface goes where (Calico specification §7.2 to §7.5).</content>
internal sealed partial class NodeCompiler
{
    private const string NoInterface = "";
    private const string RawIn = "hep_raw";
    private const string RawOut = "hep_rawo";
    private const string Before = "hep_pre";
    private const string NormalIn = "hep_in";
    private const string NormalOut = "hep_out";
    private const string ForwardIn = "hep_fin";
    private const string ForwardOut = "hep_fout";

    private readonly List<Endpoint> _hostEndpoints = [];
    private readonly SortedDictionary<string, int> _ownHostEndpoints = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stages = new(StringComparer.Ordinal);
    private int _star = -1;

    // Where the inventory lists no interfaces of the node all but loopback have its addresses: an endpoint that expects one of them governs them all.
    private int _unlisted = -1;

    /// <summary>True if loopback is policed: Calico makes no exception for it under a host endpoint of its own or of all interfaces.</summary>
    private bool PolicesLoopback => _star >= 0 || _ownHostEndpoints.ContainsKey("lo");

    private bool HasForwardStage => _hostEndpoints.Any(e => HasPolicies(e, PolicyStage.Forward, Direction.Ingress) || HasPolicies(e, PolicyStage.Forward, Direction.Egress));

    private void CollectHostEndpoints()
    {
        if (_node is null)
        {
            return;
        }

        HostInterfaces interfaces = _snapshot.InterfacesOf(_node);
        _star = interfaces.Star;
        HashSet<int> governing = [];
        foreach (string name in _node.Interfaces.Select(i => i.Name).OfType<string>().Append("lo").Distinct(StringComparer.Ordinal))
        {
            int own = interfaces.OwnOf(name);
            // §7.2: a workload's interface is never a host endpoint's own.
            if (own < 0 || name.StartsWith(Prefix, StringComparison.Ordinal) || _local.ByInterface.Any(w => w.Interface == name))
            {
                continue;
            }

            if (!InterfaceNames.IsSafe(name))
            {
                Report(
                    Findings.UnusableInterfaceName,
                    $"interface name `{name}` of host endpoint `{EndpointAt(own).Source.Id.Name}` cannot be used in rules, expected 1 to 15 letters, digits or `._-@:+`",
                    SpanOf(EndpointAt(own)));
                continue;
            }

            _ownHostEndpoints[name] = own;
            governing.Add(own);
        }

        if (_star >= 0)
        {
            governing.Add(_star);
        }

        _unlisted = interfaces.OwnOf(NoInterface);
        if (_unlisted >= 0)
        {
            governing.Add(_unlisted);
        }

        _hostEndpoints.AddRange(governing.Order().Select(EndpointAt));
        foreach (Endpoint endpoint in _hostEndpoints)
        {
            _memory.Hosts.Of(endpoint.Name);
        }

        ReportUnreachable(governing);
    }

    private void ReportUnreachable(HashSet<int> governing)
    {
        foreach (Endpoint endpoint in _local.HostEndpoints)
        {
            if (!governing.Contains(endpoint.Index))
            {
                Report(
                    Findings.HostEndpointWithoutInterface,
                    endpoint.InterfaceName is null
                        ? $"host endpoint `{endpoint.Source.Id.Name}` expects addresses that no free interface of node `{_nodeName}` has, so it governs nothing"
                        : $"host endpoint `{endpoint.Source.Id.Name}` is on interface `{endpoint.InterfaceName}` that another one governs, so it governs nothing",
                    SpanOf(endpoint));
            }
        }

        if (_star >= 0
            && (HasPolicies(EndpointAt(_star), PolicyStage.Untracked, Direction.Ingress) || HasPolicies(EndpointAt(_star), PolicyStage.Untracked, Direction.Egress)))
        {
            Report(
                Findings.UntrackedOnAllInterfaces,
                $"host endpoint `{EndpointAt(_star).Source.Id.Name}` is of all interfaces, where untracked policies are not asked; expected host endpoints of single interfaces",
                SpanOf(EndpointAt(_star)));
        }
    }

    private Endpoint EndpointAt(int index) => (Endpoint)_snapshot.Cluster.SelectableAt(index);

    private bool HasPolicies(Endpoint endpoint, PolicyStage stage, Direction direction) =>
        _snapshot.ProgramOf(endpoint, stage, direction).HasEnforcedPolicies;

    private void AddHostEndpoints()
    {
        // An endpoint's untracked policies count on its own interfaces; before translation `*` stands in for those that have no such policy; after it
        // an endpoint of the interface always stands before `*`.
        AddStage(RawIn, PolicyStage.Untracked, Direction.Ingress, always: false, fallback: Fallback.None);
        AddStage(RawOut, PolicyStage.Untracked, Direction.Egress, always: false, fallback: Fallback.None);
        AddStage(Before, PolicyStage.PreDnat, Direction.Ingress, always: false, fallback: Fallback.WithoutPolicy);
        AddStage(ForwardIn, PolicyStage.Forward, Direction.Ingress, always: false, fallback: Fallback.WithoutOwn);
        AddStage(ForwardOut, PolicyStage.Forward, Direction.Egress, always: false, fallback: Fallback.WithoutOwn);
        AddStage(NormalIn, PolicyStage.Normal, Direction.Ingress, always: true, fallback: Fallback.WithoutOwn);
        AddStage(NormalOut, PolicyStage.Normal, Direction.Egress, always: true, fallback: Fallback.WithoutOwn);
        if (_hostEndpoints.Count > 0)
        {
            AddFailsafes();
        }
    }

    private void AddStage(string map, PolicyStage stage, Direction direction, bool always, Fallback fallback)
    {
        Dictionary<int, string> chains = [];
        string? ChainOf(int index)
        {
            if (!always && !HasPolicies(EndpointAt(index), stage, direction))
            {
                return null;
            }

            if (!chains.TryGetValue(index, out string? name))
            {
                chains[index] = name = AddHostChain(map, EndpointAt(index), stage, direction);
            }

            return name;
        }

        string? star = fallback != Fallback.None && _star >= 0 ? ChainOf(_star) : null;
        List<RuleElement> elements = [];
        foreach ((string name, int own) in _ownHostEndpoints)
        {
            if (ChainOf(own) is { } chain)
            {
                elements.Add(new RuleElement(Say.Name(name), RuleVerdict.Jump(chain)));
            }
            else if (star is not null && fallback == Fallback.WithoutOwn)
            {
                elements.Add(new RuleElement(Say.Name(name), RuleVerdict.Jump(ChainNames.Skip)));
            }
        }

        RuleField field = direction == Direction.Ingress ? RuleField.InInterface : RuleField.OutInterface;
        string? unlisted = _unlisted >= 0 ? ChainOf(_unlisted) : null;
        if ((unlisted is not null || (_unlisted >= 0 && star is not null && fallback == Fallback.WithoutOwn)) && (unlisted != star))
        {
            elements.Add(new RuleElement(
                RuleValue.Anything.Instance,
                RuleVerdict.Jump(AddUnlistedChain(map, field, star, unlisted ?? (fallback == Fallback.WithoutPolicy ? star : null)))));
        }
        else if (star is not null)
        {
            elements.Add(new RuleElement(RuleValue.Anything.Instance, RuleVerdict.Jump(star)));
        }

        if (elements.Count > 0)
        {
            _stages.Add(map);
            _maps.Add(new RuleMap(map, [field], [.. elements], IsInterval: false));
        }
    }

    // Loopback and workload interfaces are never an endpoint's own without being named: only `*` reaches them.
    private string AddUnlistedChain(string map, RuleField field, string? star, string? unlisted)
    {
        string name = map + "_any";
        RuleStatement elsewhere = star is null ? Say.Return : Say.Goto(star);
        _chains.Add(Say.Chain(
            name,
            [
                Say.Line(Say.Is(field, Say.Name("lo")), elsewhere),
                Say.Line(Say.In(ChainNames.WorkloadInterfaces, field), elsewhere),
                Say.Line(Say.Is(field, Say.Prefix(Prefix)), elsewhere),
                .. unlisted is null ? (RuleLine[])[] : [Say.Line(Say.Goto(unlisted))],
            ]));
        return name;
    }

    private string AddHostChain(string map, Endpoint endpoint, PolicyStage stage, Direction direction)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{map}_h{_memory.Hosts.Of(endpoint.Name)}");
        OwnEnd own = new(endpoint, new PeerFacts(default, []), new PeerFacts(default, []));
        (RuleLine[] body, bool isOrdered, int elements) =
            Body(name, ShapeOf(_snapshot.ProgramOf(endpoint, stage, direction)), own, isHost: true, skipsForOwnNode: false);
        List<RuleLine> lines = [];
        switch (stage, direction)
        {
            case (PolicyStage.Untracked, Direction.Ingress):
                lines.Add(Say.Line(Say.IsIcmpV6, Say.Jump(ChainNames.Neighbours)));
                lines.AddRange(Kept("failsafe_in", RuleField.DestinationPort, isRemoteSource: true, Say.Return));
                lines.AddRange(Kept("failsafe_out", RuleField.SourcePort, isRemoteSource: true, Say.Return));
                break;
            case (PolicyStage.Untracked, Direction.Egress):
                lines.Add(Say.Line(Say.IsIcmpV6, Say.Jump(ChainNames.Neighbours)));
                lines.AddRange(Kept("failsafe_out", RuleField.DestinationPort, isRemoteSource: false, Say.Return));
                lines.AddRange(Kept("failsafe_in", RuleField.SourcePort, isRemoteSource: false, Say.Return));
                break;
            case (PolicyStage.PreDnat, _):
                lines.AddRange(Kept("failsafe_in", RuleField.DestinationPort, isRemoteSource: true, Say.Return));
                break;
            case (PolicyStage.Normal, Direction.Ingress):
                lines.AddRange(AcceptedEarlier());
                lines.Add(Say.Line(Say.Jump("keep_in")));
                lines.Add(Say.Line(Say.HasIdentity, Say.Return));
                break;
            case (PolicyStage.Normal, Direction.Egress):
                lines.Add(Say.Line(Say.Jump("keep_out")));
                lines.Add(Say.Line(Say.HasIdentity, Say.Return));
                break;
            case (PolicyStage.Forward, Direction.Ingress):
                lines.AddRange(AcceptedEarlier());
                break;
            case (PolicyStage.Forward, Direction.Egress):
                break;
            default:
                throw new InvalidOperationException($"unknown stage {stage}");
        }

        // A stage that says nothing has still met the packet.
        lines.AddRange(body.Length == 0 && stage is PolicyStage.Normal or PolicyStage.Forward ? [Say.Line(Say.Goto(ChainNames.Ok))] : body);
        _chains.Add(new RuleChain(name, [.. lines]));
        _classes.Add((name, stage, direction, [endpoint], isOrdered, elements));
        return name;
    }

    // What an untracked or pre-translation rule allowed is not asked again on arrival (§7.1).
    private IEnumerable<RuleLine> AcceptedEarlier()
    {
        if (_stages.Contains(RawIn) || _stages.Contains(Before))
        {
            yield return Say.Line(Say.Has(RuleField.PacketMark, _options.AcceptedMark), Say.Goto(ChainNames.Ok));
        }

        if (_stages.Contains(Before))
        {
            yield return Say.Line(Say.Lacks(RuleField.PacketMark, _options.SeenMark), Say.Jump(ChainNames.Previous));
        }
    }

    private void AddFailsafes()
    {
        _sets.Add(FailsafeSet("failsafe_in", _node!.FailsafeInbound));
        _sets.Add(FailsafeSet("failsafe_out", _node.FailsafeOutbound));
        RuleValue linkLocal = Say.Of(IpPrefix.Parse("fe80::/10"));
        RuleStatement udp = Say.Is(RuleField.Protocol, Say.Of(Protocol.Udp));
        _chains.Add(new RuleChain(
            "keep_in",
            [
                .. Kept("failsafe_in", RuleField.DestinationPort, isRemoteSource: true, Say.Goto(ChainNames.Ok)),
                Say.Line(
                    Say.Is(RuleField.Source6, linkLocal), udp, Say.Is(RuleField.SourcePort, Say.Of((ushort)547)),
                    Say.Is(RuleField.DestinationPort, Say.Of((ushort)546)), Say.Goto(ChainNames.Ok)),
            ]));
        _chains.Add(new RuleChain(
            "keep_out",
            [
                .. Kept("failsafe_out", RuleField.DestinationPort, isRemoteSource: false, Say.Goto(ChainNames.Ok)),
                Say.Line(
                    Say.Is(RuleField.Family, Say.Of(IpFamily.IPv6)), udp, Say.Is(RuleField.SourcePort, Say.Of((ushort)546)),
                    Say.Is(RuleField.DestinationPort, Say.Of((ushort)547)), Say.Goto(ChainNames.Ok)),
            ]));
    }

    private static RuleSet FailsafeSet(string name, EquatableArray<Failsafe> failsafes) => new(
        name,
        [RuleField.Protocol, RuleField.DestinationPort],
        [
            .. failsafes.Where(f => f.Net.Family == IpFamily.None && f.Protocol.HasPorts).Select(f => (f.Protocol, f.Port)).Distinct().Order()
                .Select(f => RuleValue.Join(Say.Of(f.Protocol), Say.Of(f.Port))),
        ],
        IsInterval: false);

    /// <summary>Rules for packets on failsafe ports: those for anybody by one look into the set, those limited to a block one by one.</summary>
    private IEnumerable<RuleLine> Kept(string set, RuleField port, bool isRemoteSource, RuleStatement verdict)
    {
        yield return Say.Line(Say.In(set, RuleField.Protocol, port), verdict);
        foreach (Failsafe failsafe in (set == "failsafe_in" ? _node!.FailsafeInbound : _node!.FailsafeOutbound)
            .Where(f => f.Net.Family != IpFamily.None && f.Protocol.HasPorts).Distinct())
        {
            RuleField remote = isRemoteSource ? Say.Source(failsafe.Net.Family) : Say.Destination(failsafe.Net.Family);
            yield return Say.Line(
                Say.Is(remote, Say.Of(failsafe.Net)), Say.Is(RuleField.Protocol, Say.Of(failsafe.Protocol)), Say.Is(port, Say.Of(failsafe.Port)), verdict);
        }
    }

    /// <summary>When the host endpoint of all interfaces answers for an interface that has one of its own.</summary>
    private enum Fallback
    {
        None,
        WithoutPolicy,
        WithoutOwn,
    }
}
