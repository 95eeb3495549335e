using System.Runtime.CompilerServices;
using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>The short way for most flows: between workloads, or a workload and an outside address, where no host endpoint and no Service takes part.</summary>
public sealed partial class Snapshot
{
    private static readonly EndDecision s_noEgress = EndDecision.Nothing(Direction.Egress);
    private static readonly EndDecision s_noIngress = EndDecision.Nothing(Direction.Ingress);

    // False if the flow has to go the long way, which answers the same for those that need not.
    private bool TryEvaluateDirectly(in Flow flow, out Evaluation answer)
    {
        Unsafe.SkipInit(out answer);
        if (flow.Protocol == default || !TryFindEnd(flow.Source, out DirectEnd source) || !TryFindEnd(flow.Destination, out DirectEnd destination))
        {
            return false;
        }

        if (destination.Workload is null)
        {
            if (source.Workload is null || IsFront(flow))
            {
                return false;
            }
        }
        else if (source.Workload == destination.Workload || IsFront(flow))
        {
            return false;
        }

        int both = source.Families & destination.Families;
        IpFamily family = flow.Family != IpFamily.None ? flow.Family : (both & 1) != 0 ? IpFamily.IPv4 : IpFamily.IPv6;
        if ((both & (family == IpFamily.IPv6 ? 2 : 1)) == 0)
        {
            return false;
        }

        PeerFacts from = FactsOf(source, family), to = FactsOf(destination, family);
        Packet packet = new(family, flow.Protocol, Port(flow), flow.SourcePort ?? -1, flow.IcmpType ?? -1, flow.IcmpCode ?? -1, flow.HttpMethod, flow.HttpPath);
        EndDecision egress, ingress;
        if (source.Workload is { } sender)
        {
            DecideDirectly(sender, Direction.Egress, packet, from, to, out egress);
        }
        else
        {
            egress = s_noEgress;
        }

        if (destination.Workload is { } receiver)
        {
            DecideDirectly(receiver, Direction.Ingress, packet, from, to, out ingress);
        }
        else
        {
            ingress = s_noIngress;
        }

        answer = new Evaluation(egress.Verdict == EndVerdict.Deny || ingress.Verdict == EndVerdict.Deny ? Verdict.Deny : Verdict.Allow, egress, ingress, null);
        return true;
    }

    private void DecideDirectly(Endpoint workload, Direction direction, in Packet packet, in PeerFacts source, in PeerFacts destination, out EndDecision decision)
    {
        EndpointClass own = ClassOf(workload.Index);
        EndpointProgram program = direction == Direction.Ingress ? own.Ingress : own.Egress;
        int outcome = program.IndexFor(this) is { } index ? index.Decide(this, packet, source, destination) : -1;
        if (outcome < 0)
        {
            PlainWalk walk = default;
            decision = Judge(program, workload.Index, direction, PolicyScope.All, packet, source, destination, ref walk);
            return;
        }

        decision = program.Decisions.At(outcome);
        if (program.Decisions.NamesEndpoint(outcome))
        {
            decision = decision with { By = workload.Source };
        }
    }

    private bool IsFront(in Flow flow) =>
        flow.Destination.Kind == FlowEndKind.Address && _services.TryFind(flow.Destination.Address, flow.Protocol, Port(flow), out _);

    // One workload on a node without host endpoints, or an address that nobody of the cluster has.
    private bool TryFindEnd(in FlowEnd end, out DirectEnd found)
    {
        found = default;
        int index = end.Index;
        switch (end.Kind)
        {
            case FlowEndKind.Endpoint when end.Address.Family == IpFamily.None:
                break;
            case FlowEndKind.Address:
                if (end.Address.Family == IpFamily.None || end.Address.IsLoopback)
                {
                    return false;
                }

                if (!_members.TryFindSole(end.Address, out index))
                {
                    return false;
                }

                if (index < 0)
                {
                    found = new DirectEnd(null, end.Address, end.Address.Family == IpFamily.IPv6 ? 2 : 1);
                    return true;
                }

                break;
            case FlowEndKind.None or FlowEndKind.Endpoint or FlowEndKind.Node or FlowEndKind.Service or FlowEndKind.HostNetworkPod:
                return false;
            default:
                throw new ArgumentOutOfRangeException(nameof(end));
        }

        Endpoint workload = (Endpoint)Cluster.SelectableAt(index);
        found = new DirectEnd(workload, end.Address, end.Address.Family switch { IpFamily.IPv4 => 1, IpFamily.IPv6 => 2, _ => workload.Families });
        return workload.IsWorkload && (workload.NodeIn(Cluster) is var node && (node < 0 || Cluster.InterfacesOf(node).IsUnguarded));
    }

    private PeerFacts FactsOf(in DirectEnd end, IpFamily family)
    {
        IpAddress address = end.Address.Family != IpFamily.None ? end.Address : end.Workload!.AddressOf(family);
        return new PeerFacts(address, end.Workload is { } workload && (address.Family == IpFamily.None || _members.AreWorkloadsAlone) ? workload.Alone : _members.Of(address));
    }

    /// <summary>An end of such a flow: a workload, at an address if it was named by one, or an outside address.</summary>
    private readonly struct DirectEnd(Endpoint? workload, IpAddress address, int families)
    {
        public readonly Endpoint? Workload = workload;
        public readonly IpAddress Address = address;
        public readonly int Families = families;
    }
}
