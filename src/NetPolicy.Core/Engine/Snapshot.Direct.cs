using System.Runtime.CompilerServices;
using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>The short way for most flows: between workloads, or a workload and an outside address, where no host endpoint and no Service takes part.</summary>
public sealed partial class Snapshot
{
    private static readonly EndDecision s_noEgress = EndDecision.Nothing(Direction.Egress);
    private static readonly int[] s_nobody = [];
    private static readonly EndDecision s_noIngress = EndDecision.Nothing(Direction.Ingress);

    // False if the flow has to go the long way, which answers the same for those that need not.
    private bool TryEvaluateDirectly(in Flow flow, out Evaluation answer)
    {
        Unsafe.SkipInit(out answer);
        if (flow.Protocol == default || !TryFindEnds(flow, out DirectPeer from, out DirectPeer to, out IpFamily family))
        {
            return false;
        }

        EndDecision egress, ingress;
        if (from.Index >= 0)
        {
            DecideDirectly(Direction.Egress, flow, family, from, to, out egress);
        }
        else
        {
            egress = s_noEgress;
        }

        if (to.Index >= 0)
        {
            DecideDirectly(Direction.Ingress, flow, family, from, to, out ingress);
        }
        else
        {
            ingress = s_noIngress;
        }

        answer = new Evaluation(egress.Verdict == EndVerdict.Deny || ingress.Verdict == EndVerdict.Deny ? Verdict.Deny : Verdict.Allow, egress, ingress, null);
        return true;
    }

    private void DecideDirectly(Direction direction, in Flow flow, IpFamily family, in DirectPeer source, in DirectPeer destination, out EndDecision decision)
    {
        ref readonly DirectPeer own = ref direction == Direction.Ingress ? ref destination : ref source;
        EndpointClass endpointClass = _world.Classes[own.Class]!;
        EndpointProgram program = direction == Direction.Ingress ? endpointClass.Ingress : endpointClass.Egress;
        if (program.IndexFor(this) is { } index)
        {
            ulong key = 0;
            int outcome = -1;
            int protocol = DecisionTable.PlaceOf(flow.Protocol);
            if (protocol >= 0 && flow.Port is { } port && flow.SourcePort is null && (flow.HttpMethod ?? flow.HttpPath) is null)
            {
                key = index.KeyOf(this, family, protocol, source, destination);
                outcome = key == 0 ? -1 : index.Find(key, port);
            }

            if (outcome < 0)
            {
                outcome = index.Decide(this, PacketOf(flow, family), FactsOf(source), FactsOf(destination), key);
            }

            if (outcome >= 0)
            {
                decision = DecisionAt(index, outcome, own.Index);
                return;
            }
        }

        PlainWalk walk = default;
        decision = Judge(program, own.Index, direction, PolicyScope.All, PacketOf(flow, family), FactsOf(source), FactsOf(destination), ref walk);
    }

    private EndDecision DecisionAt(DecisionIndex index, int outcome, int endpoint) => index.NamesEndpoint(outcome)
        ? index.At(outcome) with { By = Cluster.SelectableAt(endpoint).Source }
        : index.At(outcome);

    // Two ends that need nothing but tables, and the family that they speak.
    private bool TryFindEnds(in Flow flow, out DirectPeer source, out DirectPeer destination, out IpFamily family)
    {
        family = IpFamily.None;
        destination = default;
        if (!TryFindEnd(flow.Source, out source, out int from) || !TryFindEnd(flow.Destination, out destination, out int to) || source.Index == destination.Index || IsFront(flow))
        {
            return false;
        }

        int both = from & to;
        family = flow.Family != IpFamily.None ? flow.Family : (both & 1) != 0 ? IpFamily.IPv4 : IpFamily.IPv6;
        if ((both & (family == IpFamily.IPv6 ? 2 : 1)) == 0)
        {
            return false;
        }

        Complete(ref source, family);
        Complete(ref destination, family);
        return true;
    }

    private bool IsFront(in Flow flow) =>
        flow.Destination.Kind == FlowEndKind.Address && _services.TryFind(flow.Destination.Address, flow.Protocol, Port(flow), out _);

    // One workload on a node without host endpoints, or an address that nobody of the cluster has.
    private bool TryFindEnd(in FlowEnd end, out DirectPeer found, out int families)
    {
        found = default;
        families = 0;
        int index = end.Index;
        int[]? members = null;
        switch (end.Kind)
        {
            case FlowEndKind.Endpoint:
                members = end.Address.Family == IpFamily.None ? null : _members.Of(end.Address);
                break;
            case FlowEndKind.Address:
                if (end.Address.Family == IpFamily.None || end.Address.IsLoopback || !_members.TryFindSole(end.Address, out index, out members))
                {
                    return false;
                }

                if (index < 0)
                {
                    found = new DirectPeer(-1, -1, members, end.Address);
                    families = end.Address.Family == IpFamily.IPv6 ? 2 : 1;
                    return true;
                }

                break;
            case FlowEndKind.None or FlowEndKind.Node or FlowEndKind.Service or FlowEndKind.HostNetworkPod:
                return false;
            default:
                throw new ArgumentOutOfRangeException(nameof(end));
        }

        ref readonly Seat seat = ref _world.Seats.At(index);
        found = new DirectPeer(index, seat.Class, members, end.Address);
        families = end.Address.Family switch { IpFamily.IPv4 => 1, IpFamily.IPv6 => 2, _ => seat.Families };
        return seat.IsWorkload && (seat.Node < 0 || Cluster.InterfacesOf(seat.Node).IsUnguarded);
    }

    // An end that was not named by an address has the one of the family, if it has any.
    private void Complete(ref DirectPeer peer, IpFamily family)
    {
        if (peer.Address.Family == IpFamily.None)
        {
            peer.Address = family == IpFamily.IPv4 ? _world.Seats.At(peer.Index).IPv4 : ((Endpoint)Cluster.SelectableAt(peer.Index)).AddressOf(family);
            if (!_members.AreWorkloadsAlone && peer.Address.Family != IpFamily.None)
            {
                peer.Members = _members.Of(peer.Address);
            }
        }
    }

    private PeerFacts FactsOf(in DirectPeer peer) =>
        new(peer.Address, peer.Members ?? (peer.Index < 0 ? s_nobody : Cluster.SelectableAt(peer.Index).Alone));

    private static Packet PacketOf(in Flow flow, IpFamily family) =>
        new(family, flow.Protocol, Port(flow), flow.SourcePort ?? -1, flow.IcmpType ?? -1, flow.IcmpCode ?? -1, flow.HttpMethod, flow.HttpPath);
}
