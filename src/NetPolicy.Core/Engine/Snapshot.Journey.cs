using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Engine;

/// <summary>The way of one attempt through the stages of the nodes it touches (Calico specification §7.5, §7.9).</summary>
public sealed partial class Snapshot
{
    private Evaluation Evaluate<TRecorder>(in Attempt attempt, in Flow flow, IpFamily family, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (recorder.IsRecording)
        {
            recorder.BeginAttempt(Name(attempt.Source), Name(attempt.Destination), attempt.Backend);
        }

        Place source = attempt.Source, destination = attempt.Destination;
        if (source.Endpoint >= 0 && source.Endpoint == destination.Endpoint)
        {
            return EvaluateReturn(attempt, flow, family, ref recorder);
        }

        if (!attempt.TranslatesAtEntry && source.IsHost && destination.Endpoint >= 0 && source.Node == destination.Node)
        {
            return Decided(Verdict.Allow, DecisionReason.OwnNode, ref recorder) with { Backend = attempt.Backend };
        }

        bool isLocal = attempt.Entry < 0 && destination.Node >= 0 && destination.Node == source.Node;
        Packet packet = PacketOf(attempt, flow, family);
        EndState egress = new(Direction.Egress), ingress = new(Direction.Ingress);
        if (source.Endpoint >= 0)
        {
            LeaveWorkload(ref egress, attempt, packet, isLocal, flow.OutInterface, ref recorder);
        }
        else if (source.IsHost)
        {
            LeaveHost(ref egress, attempt, packet, isLocal ? "lo" : flow.OutInterface, ref recorder);
        }

        if (isLocal)
        {
            ArriveLocally(ref ingress, attempt with { Dialled = destination, DialledPort = attempt.Port }, packet, ref recorder);
        }
        else
        {
            Attempt arriving = attempt.TranslatesAtEntry ? attempt : attempt with { Dialled = destination, DialledPort = attempt.Port };
            Arrive(ref ingress, arriving, packet, flow.InInterface, ref recorder);
        }

        Verdict verdict = egress.IsDenied || ingress.IsDenied ? Verdict.Deny : Verdict.Allow;
        return new Evaluation(verdict, egress.Decision, ingress.Decision, attempt.Backend);
    }

    private static Packet PacketOf(in Attempt attempt, in Flow flow, IpFamily family) => new(
        family, flow.Protocol, attempt.Port, flow.SourcePort ?? -1, flow.IcmpType ?? -1, flow.IcmpCode ?? -1, flow.HttpMethod, flow.HttpPath);

    // A Service's address that leads back to the pod itself. Before the translation nobody knows that, so the stage before it is asked; after it
    // the way back is the business of cluster policies, on both sides, and of nobody else (cluster policy specification §1.2).
    private Evaluation EvaluateReturn<TRecorder>(in Attempt attempt, in Flow flow, IpFamily family, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Place source = attempt.Source;
        Packet packet = PacketOf(attempt, flow, family);
        int star = source.Node >= 0 && !attempt.TranslatesAtEntry && attempt.Dialled.Endpoint != source.Endpoint ? Cluster.InterfacesOf(source.Node).Star : -1;
        EndState egress = new(Direction.Egress), ingress = new(Direction.Ingress);
        if (star >= 0)
        {
            BeforeTranslation(
                ref egress, star, source.Node, packet.WithPort(attempt.DialledPort), source.Facts, attempt.Dialled.Facts, "(workload)", ref recorder);
        }

        if (attempt.IsTranslated && HasClusterPolicies(source.Endpoint))
        {
            (Place seen, int port) = attempt.TranslatesAtEntry ? (attempt.Dialled, attempt.DialledPort) : (attempt.Destination, attempt.Port);
            Workload(ref egress, source.Endpoint, Direction.Egress, PolicyScope.Cluster, packet.WithPort(port), source.Facts, seen.Facts, ref recorder);
            Workload(
                ref ingress, source.Endpoint, Direction.Ingress, PolicyScope.Cluster, packet, source.Facts, attempt.Destination.Facts, ref recorder);
            Verdict verdict = egress.IsDenied || ingress.IsDenied ? Verdict.Deny : Verdict.Allow;
            return new Evaluation(verdict, egress.Decision, ingress.Decision, attempt.Backend);
        }

        return egress.IsDenied
            ? new Evaluation(Verdict.Deny, egress.Decision, EndDecision.Nothing(Direction.Ingress), attempt.Backend)
            : Decided(Verdict.Allow, DecisionReason.Self, ref recorder) with { Egress = egress.Decision, Backend = attempt.Backend };
    }

    private bool HasClusterPolicies(int endpoint) =>
        ProgramOf(endpoint, PolicyStage.Normal, Direction.Egress).HasClusterPolicies
        || ProgramOf(endpoint, PolicyStage.Normal, Direction.Ingress).HasClusterPolicies;

    private void LeaveWorkload<TRecorder>(
        ref EndState egress, in Attempt attempt, in Packet packet, bool isLocal, string? outInterface, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Place source = attempt.Source;
        (Place seen, int port) = attempt.TranslatesAtEntry ? (attempt.Dialled, attempt.DialledPort) : (attempt.Destination, attempt.Port);
        Packet seenPacket = packet.WithPort(port);
        bool toOwnHost = isLocal && attempt.Destination.IsHost;

        // Workload interfaces know the `*` host endpoint's stages only (§7.2, §7.5).
        int star = source.Node >= 0 ? Cluster.InterfacesOf(source.Node).Star : -1;
        if (star >= 0)
        {
            bool accepted = BeforeTranslation(
                ref egress, star, source.Node, packet.WithPort(attempt.DialledPort), source.Facts, attempt.Dialled.Facts, "(workload)", ref recorder);
            if (!toOwnHost && !accepted)
            {
                Stage(ref egress, star, PolicyStage.Forward, Direction.Ingress, seenPacket, source.Facts, seen.Facts, "(workload)", ref recorder);
            }
        }

        if (!toOwnHost || !IsNeighbourDiscovery(packet))
        {
            PolicyScope scope = toOwnHost && Options.EgressToOwnNode == OwnNodeEgress.Allowed ? PolicyScope.NotKubernetes : PolicyScope.All;
            Workload(ref egress, source.Endpoint, Direction.Egress, scope, seenPacket, source.Facts, seen.Facts, ref recorder);
        }

        if (!isLocal && source.Node >= 0)
        {
            ForwardOut(ref egress, source.Node, outInterface, seenPacket, source.Facts, seen.Facts, ref recorder);
        }
    }

    // Raw comes before translation, the normal stage after it (§7.1).
    private void LeaveHost<TRecorder>(
        ref EndState egress, in Attempt attempt, in Packet packet, string? outInterface, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Place source = attempt.Source;
        (Place seen, int port) = attempt.TranslatesAtEntry ? (attempt.Dialled, attempt.DialledPort) : (attempt.Destination, attempt.Port);
        HostInterfaces host = Cluster.InterfacesOf(source.Node);
        int own = host.OwnOf(outInterface);
        if (own >= 0)
        {
            Node node = Cluster.NodeAt(source.Node);
            Packet raw = packet.WithPort(attempt.DialledPort);
            bool kept = IsKept(node.FailsafeOutbound.AsSpan(), raw.Protocol, raw.Port, attempt.Dialled.Address)
                || IsKept(node.FailsafeInbound.AsSpan(), raw.Protocol, raw.SourcePort, attempt.Dialled.Address);
            if (!kept && Stage(
                ref egress, own, PolicyStage.Untracked, Direction.Egress, raw, source.Facts, attempt.Dialled.Facts, outInterface, ref recorder))
            {
                return;
            }
        }

        int governing = own >= 0 ? own : host.Star;
        if (governing >= 0)
        {
            NormalStage(ref egress, governing, source.Node, Direction.Egress, packet.WithPort(port), source.Facts, seen.Facts, outInterface, ref recorder);
        }
    }

    private void ArriveLocally<TRecorder>(ref EndState ingress, in Attempt attempt, in Packet packet, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Place source = attempt.Source, destination = attempt.Destination;
        if (destination.Endpoint >= 0)
        {
            ToWorkload(ref ingress, destination, packet, source, ref recorder);
        }
        else if (source.IsHost)
        {
            EnterHost(ref ingress, destination.Node, "lo", attempt, packet, ref recorder);
        }
        else if (!IsNeighbourDiscovery(packet))
        {
            FromOwnWorkload(ref ingress, destination.Node, ref recorder);
        }
    }

    // §7.5: after egress policy the node's own choice decides; host endpoint policy is not asked.
    private void FromOwnWorkload<TRecorder>(ref EndState ingress, int node, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        switch (Cluster.NodeAt(node).EndpointToHost)
        {
            case EndpointToHostAction.Accept:
                break;
            case EndpointToHostAction.Drop:
                Decide(ref ingress, DecisionReason.EndpointToHost, Cluster.NodeAt(node).EndpointToHostSource, ref recorder);
                break;
            case EndpointToHostAction.Return when Options.HostInput == HostInput.Drop:
                Decide(ref ingress, DecisionReason.HostInput, null, ref recorder);
                break;
            case EndpointToHostAction.Return:
                break;
            default:
                throw new InvalidOperationException("unknown endpoint-to-host action");
        }
    }

    private void Arrive<TRecorder>(ref EndState ingress, in Attempt attempt, in Packet packet, string? inInterface, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        Place source = attempt.Source, destination = attempt.Destination;
        int entered = attempt.Entry >= 0 ? attempt.Entry : destination.Node;
        if (entered < 0)
        {
            if (destination.Endpoint >= 0)
            {
                Workload(ref ingress, destination.Endpoint, Direction.Ingress, PolicyScope.All, packet, source.Facts, destination.Facts, ref recorder);
            }

            return;
        }

        if (destination.Node == entered && destination.IsHost)
        {
            EnterHost(ref ingress, entered, inInterface, attempt, packet, ref recorder);
            return;
        }

        bool accepted = Enter(ref ingress, entered, inInterface, attempt, packet, ref recorder, out int own);
        if (!accepted)
        {
            int governing = own >= 0 ? own : Cluster.InterfacesOf(entered).Star;
            if (governing >= 0)
            {
                Stage(ref ingress, governing, PolicyStage.Forward, Direction.Ingress, packet, source.Facts, destination.Facts, inInterface, ref recorder);
            }
        }

        if (destination.Node == entered)
        {
            ToWorkload(ref ingress, destination, packet, source, ref recorder);
            return;
        }

        // The backend is elsewhere: out again, and into its node with the destination already translated.
        ForwardOut(ref ingress, entered, null, packet, source.Facts, destination.Facts, ref recorder);
        Attempt onward = attempt with { Entry = -1, Dialled = destination, DialledPort = attempt.Port };
        Arrive(ref ingress, onward, packet, null, ref recorder);
    }

    private void ToWorkload<TRecorder>(
        ref EndState ingress, in Place destination, in Packet packet, in Place source, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        // §7.5: what the node itself sends to its own workloads is not policed, even if it went round by a Service's outer address.
        if (source.IsHost && source.Node == destination.Node)
        {
            return;
        }

        Workload(ref ingress, destination.Endpoint, Direction.Ingress, PolicyScope.All, packet, source.Facts, destination.Facts, ref recorder);
        int star = Cluster.InterfacesOf(destination.Node).Star;
        if (star >= 0)
        {
            Stage(ref ingress, star, PolicyStage.Forward, Direction.Egress, packet, source.Facts, destination.Facts, "(workload)", ref recorder);
        }
    }

    private void EnterHost<TRecorder>(
        ref EndState ingress, int node, string? inInterface, in Attempt attempt, in Packet packet, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (Enter(ref ingress, node, inInterface, attempt, packet, ref recorder, out int own))
        {
            return;
        }

        int governing = own >= 0 ? own : Cluster.InterfacesOf(node).Star;
        if (governing >= 0)
        {
            NormalStage(
                ref ingress, governing, node, Direction.Ingress, packet, attempt.Source.Facts, attempt.Destination.Facts, inInterface, ref recorder);
        }
        else if (Options.HostInput == HostInput.Drop)
        {
            Decide(ref ingress, DecisionReason.HostInput, null, ref recorder);
        }
    }

    // Untracked, then before translation; true if either accepted the packet for the host endpoint's later ingress stages.
    private bool Enter<TRecorder>(
        ref EndState ingress, int node, string? inInterface, in Attempt attempt, in Packet packet, ref TRecorder recorder, out int own)
        where TRecorder : IEvaluationRecorder
    {
        Packet dialled = packet.WithPort(attempt.DialledPort);
        PeerFacts source = attempt.Source.Facts;
        own = Cluster.InterfacesOf(node).OwnOf(inInterface);
        if (own >= 0)
        {
            Node local = Cluster.NodeAt(node);
            bool kept = IsKept(local.FailsafeInbound.AsSpan(), dialled.Protocol, dialled.Port, source.Address)
                || IsKept(local.FailsafeOutbound.AsSpan(), dialled.Protocol, dialled.SourcePort, source.Address);
            if (!kept && Stage(
                ref ingress, own, PolicyStage.Untracked, Direction.Ingress, dialled, source, attempt.Dialled.Facts, inInterface, ref recorder))
            {
                return true;
            }
        }

        // §7.2: an interface's host endpoint without pre-DNAT policy leaves this stage to `*`.
        bool registered = own >= 0 && ProgramOf(own, PolicyStage.PreDnat, Direction.Ingress).HasEnforcedPolicies;
        int before = registered ? own : Cluster.InterfacesOf(node).Star;
        return before >= 0
            && BeforeTranslation(ref ingress, before, node, dialled, source, attempt.Dialled.Facts, inInterface, ref recorder);
    }

    private bool BeforeTranslation<TRecorder>(
        ref EndState end, int hostEndpoint, int node, in Packet packet, in PeerFacts source, in PeerFacts dialled, string? interfaceName, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder =>
        !IsKept(Cluster.NodeAt(node).FailsafeInbound.AsSpan(), packet.Protocol, packet.Port, source.Address)
        && Stage(ref end, hostEndpoint, PolicyStage.PreDnat, Direction.Ingress, packet, source, dialled, interfaceName, ref recorder);

    private void ForwardOut<TRecorder>(
        ref EndState end, int node, string? outInterface, in Packet packet, in PeerFacts source, in PeerFacts destination, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        int governing = Cluster.InterfacesOf(node).Governing(outInterface);
        if (governing >= 0)
        {
            Stage(ref end, governing, PolicyStage.Forward, Direction.Egress, packet, source, destination, outInterface, ref recorder);
        }
    }

    private void NormalStage<TRecorder>(
        ref EndState end, int hostEndpoint, int node, Direction direction, in Packet packet,
        in PeerFacts source, in PeerFacts destination, string? interfaceName, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (end.IsDenied)
        {
            return;
        }

        Node local = Cluster.NodeAt(node);
        bool kept = direction == Direction.Ingress
            ? IsKept(local.FailsafeInbound.AsSpan(), packet.Protocol, packet.Port, source.Address)
            : IsKept(local.FailsafeOutbound.AsSpan(), packet.Protocol, packet.Port, destination.Address);
        if (!kept)
        {
            Stage(ref end, hostEndpoint, PolicyStage.Normal, direction, packet, source, destination, interfaceName, ref recorder);
            return;
        }

        EndDecision decision = new(
            EndVerdict.Allow, DecisionReason.Failsafe, end.Direction, PolicyStage.Normal, null, null, end.Direction);
        end.Add(decision, isWorkload: false);
        if (recorder.IsRecording)
        {
            recorder.Decided(decision);
        }
    }

    private void Workload<TRecorder>(
        ref EndState end, int endpoint, Direction direction, PolicyScope scope, in Packet packet,
        in PeerFacts source, in PeerFacts destination, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (!end.IsDenied)
        {
            end.Add(
                Judge(endpoint, PolicyStage.Normal, direction, end.Direction, scope, packet, source, destination, null, ref recorder),
                isWorkload: true);
        }
    }

    // True if the stage allowed.
    private bool Stage<TRecorder>(
        ref EndState end, int hostEndpoint, PolicyStage stage, Direction direction, in Packet packet,
        in PeerFacts source, in PeerFacts destination, string? interfaceName, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        if (end.IsDenied)
        {
            return false;
        }

        EndDecision decision =
            Judge(hostEndpoint, stage, direction, end.Direction, PolicyScope.All, packet, source, destination, interfaceName, ref recorder);
        end.Add(decision, isWorkload: false);
        return decision.Verdict == EndVerdict.Allow;
    }

    private static void Decide<TRecorder>(ref EndState end, DecisionReason reason, Manifest? by, ref TRecorder recorder)
        where TRecorder : IEvaluationRecorder
    {
        EndDecision decision = new(EndVerdict.Deny, reason, end.Direction, PolicyStage.Normal, null, by, end.Direction);
        end.Add(decision, isWorkload: false);
        if (recorder.IsRecording)
        {
            recorder.Decided(decision);
        }
    }

    private static bool IsKept(ReadOnlySpan<Failsafe> failsafes, Protocol protocol, int port, IpAddress remote)
    {
        if (port < 0)
        {
            return false;
        }

        foreach (Failsafe failsafe in failsafes)
        {
            if (failsafe.Covers(protocol, (ushort)port, remote))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ICMPv6 types that IPv6 needs to work at all between a workload and its node (Calico specification §7.5).</summary>
    internal static ReadOnlySpan<byte> NeighbourTypes => [130, 131, 132, 133, 135, 136];

    // §7.5: what IPv6 needs to work at all between a workload and its node.
    private static bool IsNeighbourDiscovery(in Packet packet) =>
        packet.Family == IpFamily.IPv6 && packet.Protocol == Protocol.IcmpV6 && packet.IcmpType is >= 0 and <= 255 && NeighbourTypes.Contains((byte)packet.IcmpType);

    private string Name(in Place place) =>
        place.Endpoint >= 0 ? Cluster.SelectableAt(place.Endpoint).Name
        : place.IsHost ? $"host:{Cluster.NodeAt(place.Node).Name}"
        : place.Address.ToString();

    /// <summary>What the stages of one end have said so far.</summary>
    private struct EndState(Direction direction)
    {
        private bool _byWorkload;

        public readonly Direction Direction => direction;

        public EndDecision Decision { get; private set; } = EndDecision.Nothing(direction);

        public readonly bool IsDenied => Decision.Verdict == EndVerdict.Deny;

        /// <summary>The first denial answers; of allowing stages the workload's own, otherwise the last.</summary>
        public void Add(in EndDecision stage, bool isWorkload)
        {
            if (IsDenied)
            {
                return;
            }

            if (stage.Verdict == EndVerdict.Deny || (stage.Verdict == EndVerdict.Allow && !_byWorkload))
            {
                Decision = stage;
                _byWorkload = isWorkload;
            }
            else if (stage.Verdict == EndVerdict.None && Decision.Verdict == EndVerdict.None && stage.Reason != DecisionReason.NoSay)
            {
                Decision = stage;
            }
        }
    }
}
