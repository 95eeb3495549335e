using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>From a flow to its attempts: which family, which owners, which backends.</summary>
public sealed partial class Snapshot
{
    private readonly int[] _nodeOfEndpoint;
    private readonly Dictionary<IpAddress, int[]> _nodeOfAddress;

    /// <summary>
    /// Judges a flow. Several owners of an address, and several backends of a Service, are judged one by one:
    /// the flow is denied if one attempt is denied, and the first denied one answers. Allocates nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An end's index is outside the cluster.</exception>
    public Evaluation Evaluate(in Flow flow)
    {
        NoRecorder recorder = default;
        return Evaluate(flow, ref recorder);
    }

    /// <summary>Judges <paramref name="flows"/> one by one into <paramref name="answers"/>. Allocates nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="answers"/> is shorter than <paramref name="flows"/>.</exception>
    public void Evaluate(ReadOnlySpan<Flow> flows, Span<Evaluation> answers)
    {
        if (answers.Length < flows.Length)
        {
            throw new ArgumentException("there are more flows than places for answers", nameof(answers));
        }

        for (int i = 0; i < flows.Length; i++)
        {
            answers[i] = Evaluate(flows[i]);
        }
    }

    internal Evaluation Evaluate<TRecorder>(in Flow flow, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (IsSelfOrOwnNode(flow, out DecisionReason reason))
        {
            return Decided(Verdict.Allow, reason, ref recorder);
        }

        IpFamily family = FamilyOf(flow);
        if (family == IpFamily.None || flow.Protocol == default)
        {
            return Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder);
        }

        Evaluation first = default;
        int places = CountPlaces(flow.Source);
        for (int i = 0; i < places; i++)
        {
            Evaluation answer = EvaluateFrom(PlaceOf(flow.Source, family, i), flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = i == 0 ? answer : first;
        }

        return first.Verdict == Verdict.Undecided ? Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder) : first;
    }

    private Evaluation EvaluateFrom<TRecorder>(in Place source, in Flow flow, IpFamily family, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (TryFindFront(flow, family, out ServiceFront front, out bool isUnreachable))
        {
            return EvaluateService(source, flow, family, front, ref recorder);
        }

        if (isUnreachable)
        {
            return Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder);
        }

        Evaluation first = default;
        int places = CountPlaces(flow.Destination);
        for (int i = 0; i < places; i++)
        {
            Place destination = PlaceOf(flow.Destination, family, i);
            Attempt attempt = new(source, destination, Port(flow), destination, Port(flow), Entry: -1, TranslatesAtEntry: false, null);
            Evaluation answer = Evaluate(attempt, flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = i == 0 ? answer : first;
        }

        return first.Verdict == Verdict.Undecided ? Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder) : first;
    }

    private Evaluation EvaluateService<TRecorder>(
        in Place source, in Flow flow, IpFamily family, in ServiceFront front, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Service service = Cluster.Services[front.Service];
        Evaluation first = default;
        foreach (Backend backend in service.IsHeadless ? service.HeadlessBackends : front.Port!.Backends)
        {
            if (!backend.IsReady || (backend.Address.Family != family && backend.Address != default))
            {
                continue;
            }

            Place end = PlaceOf(backend);
            int port = service.IsHeadless ? Port(flow) : backend.Port;
            Attempt attempt = AttemptAt(
                source, end, port, flow, family, service, front, service.IsHeadless ? backend with { Port = flow.Port ?? 0 } : backend);
            Evaluation answer = Evaluate(attempt, flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = first.Verdict == Verdict.Undecided ? answer : first;
        }

        return first.Verdict == Verdict.Undecided ? Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder) : first;
    }

    // Where the translation happens, and what the source's side sees.
    private Attempt AttemptAt(
        in Place source, in Place end, int port, in Flow flow, IpFamily family, Service service, in ServiceFront front, Backend backend)
    {
        bool fromCluster = source.Endpoint >= 0 || source.IsHost;
        bool atSource = service.IsHeadless
            || (fromCluster && (front.Kind == FrontKind.Cluster
                || flow.Destination.Kind == FlowEndKind.Service
                || (front.Kind == FrontKind.NodePort && front.Node == source.Node)));
        if (atSource)
        {
            return new Attempt(source, end, port, end, port, Entry: -1, TranslatesAtEntry: false, backend);
        }

        Place dialled = front.Kind == FrontKind.NodePort
            ? new Place(-1, front.Node, IsHost: true, DialledAddress(flow, family, service), _members.Of(DialledAddress(flow, family, service)))
            : Outside(DialledAddress(flow, family, service));
        int entry = front.Kind == FrontKind.NodePort ? front.Node : end.Node;
        return new Attempt(source, dialled, Port(flow), end, port, entry, TranslatesAtEntry: true, backend);
    }

    // From outside a Service is dialled by its load balancer or external address if it has one.
    private IpAddress DialledAddress(in Flow flow, IpFamily family, Service service)
    {
        if (flow.Destination.Kind == FlowEndKind.Address)
        {
            return flow.Destination.Address;
        }

        if (flow.Destination.Kind == FlowEndKind.Node)
        {
            return NodeAddress(flow.Destination.Index, family);
        }

        IpAddress chosen = default;
        foreach (IpAddress address in service.Addresses)
        {
            if (address.Family == family)
            {
                if (!service.ClusterAddresses.AsSpan().Contains(address))
                {
                    return address;
                }

                chosen = chosen == default ? address : chosen;
            }
        }

        return chosen;
    }

    private bool TryFindFront(in Flow flow, IpFamily family, out ServiceFront front, out bool isUnreachable)
    {
        front = default;
        isUnreachable = false;
        switch (flow.Destination.Kind)
        {
            case FlowEndKind.Address:
                return flow.Port is { } port && _services.TryFind(flow.Destination.Address, flow.Protocol, port, out front);
            case FlowEndKind.Node:
                foreach (IpAddress address in Cluster.Nodes[flow.Destination.Index].Addresses)
                {
                    if (address.Family == family
                        && flow.Port is { } nodePort
                        && _services.TryFind(address, flow.Protocol, nodePort, out front)
                        && front.Kind == FrontKind.NodePort)
                    {
                        return true;
                    }
                }

                return false;
            case FlowEndKind.Service when Cluster.Services[flow.Destination.Index].IsHeadless:
                front = new ServiceFront(flow.Destination.Index, null, FrontKind.Cluster, -1);
                return true;
            case FlowEndKind.Service:
                foreach (ServicePort candidate in Cluster.Services[flow.Destination.Index].Ports)
                {
                    if (candidate.Protocol == flow.Protocol && candidate.Port == flow.Port)
                    {
                        front = new ServiceFront(flow.Destination.Index, candidate, FrontKind.Cluster, -1);
                        return true;
                    }
                }

                isUnreachable = true;
                return false;
            default:
                return false;
        }
    }

    private bool IsSelfOrOwnNode(in Flow flow, out DecisionReason reason)
    {
        reason = DecisionReason.Self;
        int destination = flow.Destination.Kind switch
        {
            FlowEndKind.Endpoint => flow.Destination.Index,
            FlowEndKind.Address when _members.WorkloadsOf(flow.Destination.Address) is [int owner] => owner,
            _ => -1,
        };
        if (destination < 0)
        {
            return false;
        }

        if (flow.Source.Kind == FlowEndKind.Endpoint && flow.Source.Index == destination)
        {
            return true;
        }

        reason = DecisionReason.OwnNode;
        return flow.Source.Kind == FlowEndKind.Node && flow.Source.Index == _nodeOfEndpoint[destination];
    }

    private IpFamily FamilyOf(in Flow flow)
    {
        if (flow.Family != IpFamily.None)
        {
            return Speaks(flow.Source, flow.Family) && Speaks(flow.Destination, flow.Family) ? flow.Family : IpFamily.None;
        }

        return Speaks(flow.Source, IpFamily.IPv4) && Speaks(flow.Destination, IpFamily.IPv4) ? IpFamily.IPv4
            : Speaks(flow.Source, IpFamily.IPv6) && Speaks(flow.Destination, IpFamily.IPv6) ? IpFamily.IPv6
            : IpFamily.None;
    }

    private bool Speaks(in FlowEnd end, IpFamily family) => end.Kind switch
    {
        FlowEndKind.Address => end.Address.Family == family,
        FlowEndKind.Endpoint => end.Address != default
            ? end.Address.Family == family
            : ((Endpoint)_selectables[end.Index]).Addresses is var own && (own.IsEmpty || HasFamily(own.AsSpan(), family)),
        FlowEndKind.Node => Cluster.Nodes[end.Index].Addresses is var own && (own.IsEmpty || HasFamily(own.AsSpan(), family)),
        FlowEndKind.Service => ServiceSpeaks(Cluster.Services[end.Index], family),
        FlowEndKind.None => false,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    private static bool ServiceSpeaks(Service service, IpFamily family)
    {
        if (!service.ClusterAddresses.IsEmpty)
        {
            return HasFamily(service.ClusterAddresses.AsSpan(), family);
        }

        foreach (ServicePort port in service.Ports)
        {
            foreach (Backend backend in port.Backends)
            {
                if (backend.Address.Family == family || backend.Address == default)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasFamily(ReadOnlySpan<IpAddress> addresses, IpFamily family)
    {
        foreach (IpAddress address in addresses)
        {
            if (address.Family == family)
            {
                return true;
            }
        }

        return false;
    }

    // An address means each workload that owns it, else each node that has it, else the outside.
    private int CountPlaces(in FlowEnd end)
    {
        if (end.Kind != FlowEndKind.Address)
        {
            return end.Kind == FlowEndKind.None ? 0 : 1;
        }

        int workloads = _members.WorkloadsOf(end.Address).Length;
        return workloads > 0 ? workloads : _nodeOfAddress.TryGetValue(end.Address, out int[]? nodes) ? nodes.Length : 1;
    }

    private Place PlaceOf(in FlowEnd end, IpFamily family, int index) => end.Kind switch
    {
        FlowEndKind.Endpoint => PlaceOfEndpoint(
            end.Index, end.Address != default ? end.Address : ((Endpoint)_selectables[end.Index]).AddressOf(family)),
        FlowEndKind.Node => PlaceOfNode(end.Index, NodeAddress(end.Index, family)),
        FlowEndKind.Address => PlaceOfAddress(end.Address, index),
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    private Place PlaceOf(in Backend backend) =>
        backend.Endpoint >= 0 ? PlaceOfEndpoint(backend.Endpoint, backend.Address) : PlaceOfAddress(backend.Address, 0);

    private Place PlaceOfAddress(IpAddress address, int index)
    {
        int[] workloads = _members.WorkloadsOf(address);
        if (workloads.Length > 0)
        {
            return PlaceOfEndpoint(workloads[index], address);
        }

        return _nodeOfAddress.TryGetValue(address, out int[]? nodes) ? PlaceOfNode(nodes[index], address) : Outside(address);
    }

    private Place PlaceOfEndpoint(int endpoint, IpAddress address) =>
        new(endpoint, _nodeOfEndpoint[endpoint], IsHost: false, address, address == default ? _self[endpoint] : _members.Of(address));

    private Place PlaceOfNode(int node, IpAddress address) => new(-1, node, IsHost: true, address, _members.Of(address));

    private Place Outside(IpAddress address) => new(-1, -1, IsHost: false, address, _members.Of(address));

    private IpAddress NodeAddress(int node, IpFamily family)
    {
        foreach (IpAddress address in Cluster.Nodes[node].Addresses)
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return default;
    }

    private static int Port(in Flow flow) => flow.Port is { } port ? port : -1;

    private static Evaluation Decided<TRecorder>(Verdict verdict, DecisionReason reason, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        EndDecision ingress = EndDecision.Nothing(Direction.Ingress, reason);
        if (recorder.IsRecording)
        {
            recorder.Decided(ingress);
        }

        return new Evaluation(verdict, EndDecision.Nothing(Direction.Egress), ingress, null);
    }

    private static Dictionary<IpAddress, int[]> NodeAddresses(Cluster cluster) =>
        cluster.Nodes.SelectMany(n => n.Addresses.Select(a => (Address: a, n.Index)))
            .GroupBy(p => p.Address, p => p.Index)
            .ToDictionary(g => g.Key, g => g.Distinct().Order().ToArray());

    /// <summary>Where an end is: a workload, a node itself, or outside. -1 stands for none and unknown.</summary>
    private readonly record struct Place(int Endpoint, int Node, bool IsHost, IpAddress Address, int[] Members)
    {
        public PeerFacts Facts => new(Address, Members);
    }

    /// <summary>One way of a flow: as dialled, and as it ends after translation.</summary>
    private readonly record struct Attempt(
        Place Source, Place Dialled, int DialledPort, Place Destination, int Port, int Entry, bool TranslatesAtEntry, Backend? Backend);
}
