using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>From a flow to its attempts: which family, which owners, which backends.</summary>
public sealed partial class Snapshot
{
    /// <summary>
    /// Judges a flow. Several owners of an address, and several backends of a Service, are judged one by one:
    /// the flow is denied if one attempt is denied, and the first denied one answers. Allocates nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An end's index is outside the cluster.</exception>
    public Evaluation Evaluate(in Flow flow)
    {
        if (TryEvaluateDirectly(flow, out Evaluation direct))
        {
            return direct;
        }

        NoRecorder recorder = default;
        return Evaluate(flow, ref recorder);
    }

    internal Evaluation Evaluate<TRecorder>(in Flow flow, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        bool isService = TryFindFront(flow, out ServiceFront front, out bool isUnreachable);
        if (!isService && !isUnreachable && IsSelfOrOwnNode(flow, out DecisionReason reason))
        {
            return Decided(Verdict.Allow, reason, ref recorder);
        }

        IpFamily family = isUnreachable || flow.Protocol == default ? IpFamily.None : FamilyOf(flow, isService ? front : null);
        if (family == IpFamily.None)
        {
            return Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder);
        }

        Evaluation first = default;
        int places = CountPlaces(flow.Source);
        for (int i = 0; i < places; i++)
        {
            Place source = PlaceOf(flow.Source, family, i);
            Evaluation answer = isService
                ? EvaluateService(source, flow, family, front, ref recorder)
                : EvaluateDirect(source, flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = i == 0 ? answer : first;
        }

        return first.Verdict == Verdict.Undecided ? Decided(Verdict.Deny, DecisionReason.Unreachable, ref recorder) : first;
    }

    private Evaluation EvaluateDirect<TRecorder>(in Place source, in Flow flow, IpFamily family, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Evaluation first = default;
        int places = CountDestinations(flow);
        for (int i = 0; i < places; i++)
        {
            Place destination = DestinationOf(flow, source, family, i);
            Attempt attempt = new(source, destination, Port(flow), destination, Port(flow), Entry: -1, TranslatesAtEntry: false, IsTranslated: false, null);
            Evaluation answer = Evaluate(attempt, flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = i == 0 ? answer : first;
        }

        return first;
    }

    private Evaluation EvaluateService<TRecorder>(
        in Place source, in Flow flow, IpFamily family, in ServiceFront front, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Service service = Cluster.ServiceAt(front.Service);
        Evaluation first = default;
        foreach (Backend backend in BackendsOf(front))
        {
            if (!backend.IsReady || (backend.Address.Family != family && backend.Address != default))
            {
                continue;
            }

            Backend end = front.Port is null ? backend with { Port = flow.Port ?? 0 } : backend;
            Evaluation answer = Evaluate(AttemptAt(source, PlaceOf(backend, family), flow, family, service, front, end), flow, family, ref recorder);
            if (answer.Verdict == Verdict.Deny)
            {
                return answer;
            }

            first = first.Verdict == Verdict.Undecided ? answer : first;
        }

        return first;
    }

    private EquatableArray<Backend> BackendsOf(in ServiceFront front) =>
        front.Port?.Backends ?? Cluster.ServiceAt(front.Service).HeadlessBackends;

    // Where the translation happens, and what the source's side sees. What stands before it sees the Service's address.
    private Attempt AttemptAt(in Place source, in Place end, in Flow flow, IpFamily family, Service service, in ServiceFront front, Backend backend)
    {
        if (front.Port is null)
        {
            return new Attempt(source, end, Port(flow), end, Port(flow), Entry: -1, TranslatesAtEntry: false, IsTranslated: false, backend);
        }

        bool fromInside = source.Endpoint >= 0 || source.IsHost;
        bool atSource = fromInside && (front.Kind == FrontKind.Cluster || (front.Kind == FrontKind.NodePort && front.Node == source.Node));
        Place dialled = Outside(DialledAddress(flow, family, service, fromInside));
        int entry = atSource ? -1 : front.Kind == FrontKind.NodePort ? front.Node : end.Node;
        return new Attempt(source, dialled, Port(flow), end, backend.Port, entry, !atSource, IsTranslated: true, backend);
    }

    // By its name a Service is dialled from inside by its cluster address, from outside by its load balancer's or an external one if it has any.
    private IpAddress DialledAddress(in Flow flow, IpFamily family, Service service, bool fromInside)
    {
        switch (flow.Destination.Kind)
        {
            case FlowEndKind.Address:
                return flow.Destination.Address;
            case FlowEndKind.Node or FlowEndKind.HostNetworkPod:
                return PlaceOf(flow.Destination, family, 0).Address;
            case FlowEndKind.Service or FlowEndKind.Endpoint or FlowEndKind.None:
                IpAddress cluster = FirstOf(service.ClusterAddresses, family);
                IpAddress outer = fromInside ? default : FirstOf(service.OuterAddresses, family);
                return outer != default ? outer : cluster;
            default:
                throw new ArgumentOutOfRangeException(nameof(flow));
        }
    }

    private bool TryFindFront(in Flow flow, out ServiceFront front, out bool isUnreachable)
    {
        front = default;
        isUnreachable = false;
        int port = Port(flow);
        switch (flow.Destination.Kind)
        {
            case FlowEndKind.Address when IsToLoopback(flow):
                return false;
            case FlowEndKind.Address:
                return _services.TryFind(flow.Destination.Address, flow.Protocol, port, out front)
                    || (_members.NodesOf(flow.Destination.Address) is { Length: > 0 } nodes
                        && _services.TryFindNodePort(flow.Protocol, port, nodes[0], out front));
            case FlowEndKind.Node:
                return _services.TryFindNodePort(flow.Protocol, port, flow.Destination.Index, out front);
            case FlowEndKind.HostNetworkPod:
                return PlaceOfHostNetworkPod(flow.Destination.Index, IpFamily.None) is { IsHost: true } host
                    && _services.TryFindNodePort(flow.Protocol, port, host.Node, out front);
            case FlowEndKind.Service when Cluster.ServiceAt(flow.Destination.Index).IsHeadless:
                front = new ServiceFront(flow.Destination.Index, null, FrontKind.Cluster, -1);
                return true;
            case FlowEndKind.Service:
                foreach (ServicePort candidate in Cluster.ServiceAt(flow.Destination.Index).Ports)
                {
                    if (candidate.Protocol == flow.Protocol && candidate.Port == port)
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

    // A pod to itself and a node to its own pod, whatever families they speak; an address means each of its owners.
    private bool IsSelfOrOwnNode(in Flow flow, out DecisionReason reason)
    {
        reason = DecisionReason.NoSay;
        if (IsNoPlace(flow.Destination) || IsNoPlace(flow.Source) || HasTwoFamilies(flow))
        {
            return false;
        }

        int sources = CountPlaces(flow.Source), destinations = CountDestinations(flow);
        for (int i = 0; i < sources * destinations; i++)
        {
            Place source = PlaceOf(flow.Source, IpFamily.None, i / destinations);
            Place destination = DestinationOf(flow, source, IpFamily.None, i % destinations);
            DecisionReason pair = source.Endpoint >= 0 && source.Endpoint == destination.Endpoint ? DecisionReason.Self
                : source.IsHost && destination.Endpoint >= 0 && destination.Node == source.Node ? DecisionReason.OwnNode
                : DecisionReason.NoSay;
            if (pair == DecisionReason.NoSay)
            {
                return false;
            }

            reason = pair;
        }

        return true;
    }

    private static bool IsNoPlace(in FlowEnd end) => end.Kind is FlowEndKind.Service or FlowEndKind.None;

    private static bool HasTwoFamilies(in Flow flow)
    {
        IpFamily source = flow.Source.Address.Family, destination = flow.Destination.Address.Family;
        return AreTwo(source, destination) || AreTwo(source, flow.Family) || AreTwo(destination, flow.Family);

        static bool AreTwo(IpFamily one, IpFamily other) => one != other && one != IpFamily.None && other != IpFamily.None;
    }

    private IpFamily FamilyOf(in Flow flow, ServiceFront? front)
    {
        if (flow.Family != IpFamily.None)
        {
            return Speaks(flow, front, flow.Family) ? flow.Family : IpFamily.None;
        }

        return Speaks(flow, front, IpFamily.IPv4) ? IpFamily.IPv4
            : Speaks(flow, front, IpFamily.IPv6) ? IpFamily.IPv6
            : IpFamily.None;
    }

    private bool Speaks(in Flow flow, ServiceFront? front, IpFamily family) =>
        Speaks(flow.Source, family)
        && (flow.Destination.Kind == FlowEndKind.Service || Speaks(flow.Destination, family))
        && (front is not { } service || flow.Destination.Kind == FlowEndKind.Address || ServiceSpeaks(service, family));

    private bool Speaks(in FlowEnd end, IpFamily family) => end.Kind switch
    {
        FlowEndKind.Address => end.Address.Family == family,
        FlowEndKind.Endpoint => end.Address != default
            ? end.Address.Family == family
            : ((Endpoint)Cluster.SelectableAt(end.Index)).Addresses is var own && (own.IsEmpty || HasFamily(own.AsSpan(), family)),
        FlowEndKind.Node => Cluster.NodeAt(end.Index).Addresses is var own && (own.IsEmpty || HasFamily(own.AsSpan(), family)),
        FlowEndKind.HostNetworkPod => PlaceOfHostNetworkPod(end.Index, family).Address != default
            || PlaceOfHostNetworkPod(end.Index, family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4).Address == default,
        FlowEndKind.Service or FlowEndKind.None => false,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    private bool ServiceSpeaks(in ServiceFront front, IpFamily family)
    {
        Service service = Cluster.ServiceAt(front.Service);
        if (!service.ClusterAddresses.IsEmpty)
        {
            return HasFamily(service.ClusterAddresses.AsSpan(), family);
        }

        foreach (Backend backend in BackendsOf(front))
        {
            if (backend.IsReady && (backend.Address.Family == family || backend.Address == default))
            {
                return true;
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
        return workloads > 0 ? workloads : Math.Max(1, _members.NodesOf(end.Address).Length);
    }

    // Kubernetes §5.5: whatever a pod or a node sends to loopback comes back to it.
    private bool IsToLoopback(in Flow flow) =>
        flow.Destination.Kind == FlowEndKind.Address
        && flow.Destination.Address.IsLoopback
        && CountPlaces(flow.Source) > 0
        && PlaceOf(flow.Source, IpFamily.None, 0) is { Endpoint: >= 0 } or { IsHost: true };

    private int CountDestinations(in Flow flow) => IsToLoopback(flow) ? 1 : CountPlaces(flow.Destination);

    private Place DestinationOf(in Flow flow, in Place source, IpFamily family, int index) => IsToLoopback(flow)
        ? source with { Address = flow.Destination.Address, Members = _members.Of(flow.Destination.Address) }
        : PlaceOf(flow.Destination, family, index);

    private Place PlaceOf(in FlowEnd end, IpFamily family, int index) => end.Kind switch
    {
        FlowEndKind.Endpoint => PlaceOfEndpoint(
            end.Index, end.Address != default ? end.Address : ((Endpoint)Cluster.SelectableAt(end.Index)).AddressOf(family)),
        FlowEndKind.Node => PlaceOfNode(end.Index, NodeAddress(end.Index, family)),
        FlowEndKind.HostNetworkPod => PlaceOfHostNetworkPod(end.Index, family),
        FlowEndKind.Address => PlaceOfAddress(end.Address, index),
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    private Place PlaceOf(in Backend backend, IpFamily family) =>
        backend.Endpoint >= 0 ? PlaceOfEndpoint(backend.Endpoint, backend.Address)
        : backend.HostNetworkPod >= 0 ? PlaceOfHostNetworkPod(backend.HostNetworkPod, family)
        : PlaceOfAddress(backend.Address, 0);

    private Place PlaceOfAddress(IpAddress address, int index)
    {
        int[] workloads = _members.WorkloadsOf(address);
        if (workloads.Length > 0)
        {
            return PlaceOfEndpoint(workloads[index], address);
        }

        return _members.NodesOf(address) is { Length: > 0 } nodes ? PlaceOfNode(nodes[index], address) : Outside(address);
    }

    private Place PlaceOfEndpoint(int endpoint, IpAddress address) =>
        new(endpoint, NodeOf(endpoint), IsHost: false, address, address == default ? Cluster.SelectableAt(endpoint).Alone : _members.Of(address));

    private int NodeOf(int endpoint) => ((Endpoint)Cluster.SelectableAt(endpoint)).NodeIn(Cluster);

    // Its node, at the pod's own addresses if it has any; without a node an address outside, or none.
    private Place PlaceOfHostNetworkPod(int index, IpFamily family)
    {
        HostNetworkPod pod = Cluster.HostNetworkPodAt(index);
        int node = pod.Node is { } name ? Cluster.FindNode(name)!.Index : -1;
        IpAddress address = !pod.Addresses.IsEmpty ? FirstOf(pod.Addresses, family) : node >= 0 ? NodeAddress(node, family) : default;
        return node >= 0 ? PlaceOfNode(node, address) : Outside(address);
    }

    private Place PlaceOfNode(int node, IpAddress address) => new(-1, node, IsHost: true, address, _members.Of(address));

    private Place Outside(IpAddress address) => new(-1, -1, IsHost: false, address, _members.Of(address));

    private IpAddress NodeAddress(int node, IpFamily family) => FirstOf(Cluster.NodeAt(node).Addresses, family);

    private static IpAddress FirstOf(EquatableArray<IpAddress> addresses, IpFamily family)
    {
        foreach (IpAddress address in addresses)
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

    /// <summary>Where an end is: a workload, a node itself, or outside. -1 stands for none and unknown.</summary>
    private readonly record struct Place(int Endpoint, int Node, bool IsHost, IpAddress Address, int[] Members)
    {
        public PeerFacts Facts => new(Address, Members);
    }

    /// <summary>One way of a flow: as dialled, and as it ends after translation.</summary>
    private readonly record struct Attempt(
        Place Source, Place Dialled, int DialledPort, Place Destination, int Port, int Entry, bool TranslatesAtEntry, bool IsTranslated, Backend? Backend);
}
