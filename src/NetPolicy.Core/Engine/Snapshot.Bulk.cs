using System.Runtime.CompilerServices;
using NetPolicy.Addresses;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>
/// Many flows at once. What one flow needs is scattered over memory, each place known only when the one before was read; so many flows take each step
/// together: it reads what the step before had fetched, and has fetched what the next one will read (<see cref="Fetch"/>).
/// </summary>
public sealed partial class Snapshot
{
    private const int Together = 16;

    /// <summary>Judges <paramref name="flows"/> into <paramref name="answers"/>, each as if alone. Allocates nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="answers"/> is shorter than <paramref name="flows"/>.</exception>
    public void Evaluate(ReadOnlySpan<Flow> flows, Span<Evaluation> answers)
    {
        if (answers.Length < flows.Length)
        {
            throw new ArgumentException("there are more flows than places for answers", nameof(answers));
        }

        Lanes lanes = default;
        for (int start = 0; start < flows.Length; start += Together)
        {
            int count = Math.Min(Together, flows.Length - start);
            EvaluateTogether(flows.Slice(start, count), answers.Slice(start, count), ((Span<Lane>)lanes)[..count]);
        }
    }

    private void EvaluateTogether(ReadOnlySpan<Flow> flows, Span<Evaluation> answers, Span<Lane> lanes)
    {
        foreach (ref readonly Flow flow in flows)
        {
            Approach(flow.Source);
            Approach(flow.Destination);
        }

        for (int i = 0; i < lanes.Length; i++)
        {
            ref Lane lane = ref lanes[i];
            lane.IsOpen = TryBegin(flows[i], ref lane);
            if (lane.IsOpen)
            {
                lane.SenderClass = lane.Source.Index >= 0 ? _world.Classes[lane.Source.Class] : null;
                lane.ReceiverClass = lane.Destination.Index >= 0 ? _world.Classes[lane.Destination.Class] : null;
                Fetch.Object(lane.SenderClass);
                Fetch.Object(lane.ReceiverClass);
            }
        }

        foreach (ref Lane lane in lanes)
        {
            if (lane.IsOpen)
            {
                lane.Sender = lane.SenderClass?.Egress;
                lane.Receiver = lane.ReceiverClass?.Ingress;
                Fetch.Object(lane.Sender);
                Fetch.Object(lane.Receiver);
            }
        }

        foreach (ref Lane lane in lanes)
        {
            if (lane.IsOpen)
            {
                Fetch.Large(lane.Sender?.NewestIndex);
                Fetch.Large(lane.Receiver?.NewestIndex);
            }
        }

        foreach (ref Lane lane in lanes)
        {
            if (lane.IsOpen)
            {
                lane.Egress = lane.Sender?.IndexFor(this);
                lane.Ingress = lane.Receiver?.IndexFor(this);
                lane.Egress?.Approach();
                lane.Ingress?.Approach();
            }
        }

        foreach (ref Lane lane in lanes)
        {
            if (lane.IsOpen)
            {
                lane.Egress?.Prefetch(lane.Source, lane.Destination);
                lane.Ingress?.Prefetch(lane.Source, lane.Destination);
            }
        }

        foreach (ref Lane lane in lanes)
        {
            if (lane.IsOpen)
            {
                lane.EgressKey = KeyOf(lane.Egress, lane);
                lane.IngressKey = KeyOf(lane.Ingress, lane);
            }
        }

        for (int i = 0; i < lanes.Length; i++)
        {
            ref Lane lane = ref lanes[i];
            if (lane.IsOpen)
            {
                lane.EgressOutcome = At(lane.Egress, lane.EgressKey, lane.Port);
                lane.IngressOutcome = At(lane.Ingress, lane.IngressKey, lane.Port);
            }
        }

        for (int i = 0; i < lanes.Length; i++)
        {
            if (!lanes[i].IsOpen || !TryEnd(lanes[i], ref answers[i]))
            {
                answers[i] = Evaluate(flows[i]);
            }
        }
    }

    private void Approach(in FlowEnd end)
    {
        if (end.Kind == FlowEndKind.Endpoint)
        {
            Fetch.Line(in _world.Seats.At(end.Index));
        }
    }

    private bool TryBegin(in Flow flow, ref Lane lane)
    {
        lane.Protocol = DecisionTable.PlaceOf(flow.Protocol);
        if (lane.Protocol < 0 || flow.Port is not { } port || flow.SourcePort is not null || (flow.HttpMethod ?? flow.HttpPath) is not null
            || !TryFindEnds(flow, out lane.Source, out lane.Destination, out lane.Family))
        {
            return false;
        }

        lane.Port = port;
        return true;
    }

    private ulong KeyOf(DecisionIndex? index, in Lane lane)
    {
        if (index is null)
        {
            return 0;
        }

        ulong key = index.KeyOf(this, lane.Family, lane.Protocol, lane.Source, lane.Destination);
        if (key != 0)
        {
            index.Prefetch(key);
        }

        return key;
    }

    private static int At(DecisionIndex? index, ulong key, int port)
    {
        int outcome = key == 0 ? -1 : index!.Find(key, port);
        if (outcome >= 0)
        {
            index!.Prefetch(outcome);
        }

        return outcome;
    }

    // False if an end has to be asked in another way.
    private bool TryEnd(in Lane lane, ref Evaluation answer)
    {
        if ((lane.EgressOutcome < 0 && lane.Sender is not null) || (lane.IngressOutcome < 0 && lane.Receiver is not null))
        {
            return false;
        }

        EndDecision egress = lane.Egress is { } sender ? DecisionAt(sender, lane.EgressOutcome, lane.Source.Index) : s_noEgress;
        EndDecision ingress = lane.Ingress is { } receiver ? DecisionAt(receiver, lane.IngressOutcome, lane.Destination.Index) : s_noIngress;
        answer = new Evaluation(egress.Verdict == EndVerdict.Deny || ingress.Verdict == EndVerdict.Deny ? Verdict.Deny : Verdict.Allow, egress, ingress, null);
        return true;
    }

    /// <summary>A flow on its way through the steps.</summary>
    private struct Lane
    {
        public DirectPeer Source;
        public DirectPeer Destination;
        public EndpointClass? SenderClass;
        public EndpointClass? ReceiverClass;
        public EndpointProgram? Sender;
        public EndpointProgram? Receiver;
        public DecisionIndex? Egress;
        public DecisionIndex? Ingress;
        public ulong EgressKey;
        public ulong IngressKey;
        public int EgressOutcome;
        public int IngressOutcome;
        public int Protocol;
        public int Port;
        public IpFamily Family;
        public bool IsOpen;
    }

    [InlineArray(Together)]
    private struct Lanes
    {
        private Lane _first;
    }
}
