using System.Numerics;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <content>What each stage has to do with a packet.</content>
internal sealed partial class HookModel
{
    private HookAnswer Raw(HookAnswer answer, in HookPacket packet, Direction direction)
    {
        if (!Has(PolicyStage.Untracked, direction))
        {
            return answer;
        }

        answer.Mark &= ~(_options.AcceptedMark | _options.SeenMark);
        bool isArriving = direction == Direction.Ingress;
        int judge = JudgeOf((isArriving ? packet.In : packet.Out)!, PolicyStage.Untracked, direction);
        if (judge < 0)
        {
            return answer;
        }

        Meet(answer, judge, PolicyStage.Untracked, direction);
        if (IsNeighbours(packet, withAdverts: true)
            || IsKept(packet.Traffic, packet.Traffic.Port, isArriving, isArriving ? packet.Source : packet.Destination)
            || IsKept(packet.Traffic, packet.Traffic.SourcePort, !isArriving, isArriving ? packet.Source : packet.Destination))
        {
            return answer;
        }

        EndVerdict verdict = Decide(judge, PolicyStage.Untracked, direction, packet);
        if (verdict == EndVerdict.Allow)
        {
            answer.Mark |= _options.AcceptedMark;
            answer.IsUntracked = true;
        }

        answer.IsAccepted = verdict != EndVerdict.Deny;
        return answer;
    }

    private HookAnswer? Before(HookAnswer answer, in HookPacket packet)
    {
        if (!Has(PolicyStage.PreDnat, Direction.Ingress))
        {
            return answer;
        }

        if (!Has(PolicyStage.Untracked, Direction.Ingress))
        {
            answer.Mark &= ~(_options.AcceptedMark | _options.SeenMark);
        }
        else if ((packet.Mark & _options.AcceptedMark) != 0)
        {
            return answer;
        }

        if (packet.State == ConntrackState.Related && packet.Traffic.Protocol.IsIcmp)
        {
            return answer;
        }

        if (packet.State != ConntrackState.Related && IsSettled(answer, packet))
        {
            return answer;
        }

        if (IsNeighbours(packet, withAdverts: true))
        {
            return answer;
        }

        answer.Mark |= _options.SeenMark;
        answer.Priority = KeptPriority(packet);
        int judge = JudgeOf(packet.In!, PolicyStage.PreDnat, Direction.Ingress);
        if (judge >= 0)
        {
            Meet(answer, judge, PolicyStage.PreDnat, Direction.Ingress);
            if (!IsKept(packet.Traffic, packet.Traffic.Port, isInbound: true, packet.Source))
            {
                EndVerdict verdict = Decide(judge, PolicyStage.PreDnat, Direction.Ingress, packet);
                answer.Mark |= verdict == EndVerdict.Allow ? _options.AcceptedMark : 0;
                return verdict == EndVerdict.Deny ? Deny(answer, packet) : answer;
            }
        }

        return answer;
    }

    private HookAnswer? Input(HookAnswer answer, in HookPacket packet)
    {
        string name = packet.In!;
        if ((name == "lo" && !PolicesLoopback) || IsRelated(answer, packet, out bool isJudged) || (!isJudged && IsSettled(answer, packet)))
        {
            return answer;
        }

        // Nothing asks for the priority of what has arrived.
        answer.Priority = null;
        bool isKnown = IsKnown(name);
        if (IsNeighbours(packet, withAdverts: false)
            || (!isKnown && !HasPrefix(name) && IsAdvert(packet)))
        {
            return answer;
        }

        if (packet.State == ConntrackState.Invalid)
        {
            bool isOurs = isKnown || (HasPrefix(name) && IsClosed) || JudgeOf(name, PolicyStage.Normal, Direction.Ingress) >= 0;
            answer.IsAccepted = !isOurs;
            return answer;
        }

        if (!Leaves(answer, packet, out bool isMet, out bool isOpen))
        {
            return answer;
        }

        if (isKnown && !isOpen)
        {
            answer.IsNodesChoice = true;
            if (_node?.EndpointToHost == EndpointToHostAction.Drop)
            {
                answer.Judge = null;
                return Deny(answer, packet);
            }

            return Accept(answer, packet, isMet: true);
        }

        if (IsWorkloads(name))
        {
            return answer;
        }

        int judge = JudgeOf(name, PolicyStage.Normal, Direction.Ingress);
        return judge < 0 ? answer : HostNormal(answer, packet, judge, Direction.Ingress);
    }

    // A host endpoint's normal stage.
    private HookAnswer HostNormal(HookAnswer answer, in HookPacket packet, int judge, Direction direction)
    {
        Meet(answer, judge, PolicyStage.Normal, direction);
        bool isArriving = direction == Direction.Ingress;
        if (isArriving && IsAcceptedEarlier(packet, out bool isPrevious))
        {
            return isPrevious ? answer : Accept(answer, packet, isMet: true);
        }

        bool isKept = IsKept(packet.Traffic, packet.Traffic.Port, isArriving, isArriving ? packet.Source : packet.Destination) || IsLease(packet, isArriving);
        return !isKept && Decide(judge, PolicyStage.Normal, direction, packet) == EndVerdict.Deny
            ? Deny(answer, packet)
            : Accept(answer, packet, isMet: !isArriving && packet.Out == "lo" ? false : true);
    }

    private HookAnswer? Forward(HookAnswer answer, in HookPacket packet)
    {
        if (IsRelated(answer, packet, out bool isJudged) || (!isJudged && IsSettled(answer, packet)))
        {
            return answer;
        }

        answer.Priority = KeptPriority(packet);
        if (packet.State == ConntrackState.Invalid)
        {
            return InvalidForward(answer, packet);
        }

        // Nobody says how a workload is to be judged that receives what is another's, or what seems to come from itself.
        if ((_routed.TryGetValue(packet.Out!, out Endpoint? receiver) && !receiver.Addresses.Contains(packet.Destination)) || (packet.In != packet.Out && packet.Source == packet.Destination))
        {
            return null;
        }

        if (packet.In == packet.Out && packet.Source == packet.Destination && WorkloadAt(packet.In!, packet.Source) is { } self)
        {
            return Return(answer, packet, self);
        }

        bool isMet = false;
        int judge = JudgeOf(packet.In!, PolicyStage.Forward, Direction.Ingress);
        if (judge >= 0)
        {
            isMet = true;
            Meet(answer, judge, PolicyStage.Forward, Direction.Ingress);
            if (IsAcceptedEarlier(packet, out bool isPrevious))
            {
                if (isPrevious)
                {
                    answer.Priority = null;
                    return answer;
                }
            }
            else if (Decide(judge, PolicyStage.Forward, Direction.Ingress, packet) == EndVerdict.Deny)
            {
                return Deny(answer, packet);
            }
        }

        if (!Leaves(answer, packet, out bool hasLeft, out _) || !Arrives(answer, packet, out bool hasArrived))
        {
            return answer;
        }

        isMet |= hasLeft | hasArrived;
        judge = JudgeOf(packet.Out!, PolicyStage.Forward, Direction.Egress);
        if (judge >= 0)
        {
            isMet = true;
            Meet(answer, judge, PolicyStage.Forward, Direction.Egress);
            if (Decide(judge, PolicyStage.Forward, Direction.Egress, packet) == EndVerdict.Deny)
            {
                return Deny(answer, packet);
            }
        }

        return Accept(answer, packet, isMet);
    }

    // An interface of ours, or one whose host endpoint has a say in what passes. Of other interfaces of host endpoints nothing is asked.
    private HookAnswer? InvalidForward(HookAnswer answer, in HookPacket packet)
    {
        answer.IsAccepted = !(IsKnown(packet.In) || IsKnown(packet.Out) || (IsClosed && (HasPrefix(packet.In) || HasPrefix(packet.Out)))
            || JudgeOf(packet.In!, PolicyStage.Forward, Direction.Ingress) >= 0 || JudgeOf(packet.Out!, PolicyStage.Forward, Direction.Egress) >= 0);
        return answer.IsAccepted && (_interfaces?.IsUnguarded == false || packet.In == "lo" || packet.Out == "lo") ? null : answer;
    }

    // A Service led a workload's packet back to it: cluster policies judge, nobody else.
    private HookAnswer Return(HookAnswer answer, in HookPacket packet, Endpoint self)
    {
        foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Egress, Direction.Ingress])
        {
            EndpointProgram program = _snapshot.ProgramOf(self, PolicyStage.Normal, direction);
            if (program.HasClusterPolicies && Decide(program, self.Index, direction, PolicyScope.Cluster, packet) == EndVerdict.Deny)
            {
                return Deny(answer, packet);
            }
        }

        return Accept(answer, packet, isMet: true);
    }

    private HookAnswer Output(HookAnswer answer, in HookPacket packet)
    {
        string name = packet.Out!;
        if (!Has(PolicyStage.Normal, Direction.Egress)
            || (Has(PolicyStage.Untracked, Direction.Egress) && (packet.Mark & _options.AcceptedMark) != 0)
            || (name == "lo" && !PolicesLoopback)
            || IsRelated(answer, packet, out bool isJudged)
            || (!isJudged && IsSettled(answer, packet))
            || (packet.IsTranslated && packet.IsTracked))
        {
            return answer;
        }

        if (IsNeighbours(packet, withAdverts: true))
        {
            answer.Priority = null;
            return answer;
        }

        answer.Priority = KeptPriority(packet);
        if (packet.State == ConntrackState.Invalid)
        {
            answer.IsAccepted = JudgeOf(name, PolicyStage.Normal, Direction.Egress) < 0;
            return answer;
        }

        return Leave(answer, packet);
    }

    private HookAnswer Postrouting(HookAnswer answer, in HookPacket packet)
    {
        if (!Has(PolicyStage.Normal, Direction.Egress) || packet.In is not null || !packet.IsTranslated || !packet.IsTracked
            || IsRelated(answer, packet, out bool isJudged) || (!isJudged && IsSettled(answer, packet)))
        {
            return answer;
        }

        return Leave(answer, packet);
    }

    // §7.5: a host reaches its own workloads whatever policy says.
    private HookAnswer Leave(HookAnswer answer, in HookPacket packet)
    {
        answer.Priority = KeptPriority(packet);
        int judge = JudgeOf(packet.Out!, PolicyStage.Normal, Direction.Egress);
        return judge < 0 ? answer : HostNormal(answer, packet, judge, Direction.Egress);
    }
}
