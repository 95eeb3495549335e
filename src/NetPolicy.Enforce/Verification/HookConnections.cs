using System.Numerics;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>The same packet in connections of all kinds, and with marks of all kinds.</summary>
internal static class HookConnections
{
    /// <summary>Accepted under the rules that hold, under those before, under others; denied; answers; errors; what belongs to no connection; marks that others gave.</summary>
    public static IEnumerable<HookPacket> Of(HookPacket packet, EnforcementOptions options, EpochPair epochs)
    {
        uint ours = options.AcceptedMark | options.SeenMark, foreign = LowestOf(~ours);
        foreach (uint mark in (uint[])[foreign, options.AcceptedMark, options.SeenMark, ours | foreign])
        {
            yield return packet with { Mark = mark };
        }

        if (packet.Stage is HookStage.RawIn or HookStage.RawOut)
        {
            yield break;
        }

        foreach (uint priority in (uint[])[1, 2, 3, 4, 5, 6, 7, 8, 0x0001_0002])
        {
            yield return packet with { Priority = priority };
        }

        // ICMP errors come with the connection they are about.
        TranslationTraffic error = packet.Source.Family == Addresses.IpFamily.IPv6 ? new(Protocol.IcmpV6, -1, 1, 4) : new(Protocol.Icmp, -1, 3, 3);
        HookPacket entered = packet with { State = ConntrackState.Established, IsConfirmed = true };
        foreach (uint mark in Marks(options, epochs).Distinct())
        {
            yield return entered with { ConnectionMark = mark };
            yield return entered with { ConnectionMark = mark, State = ConntrackState.New };
            yield return entered with { ConnectionMark = mark, Direction = ConntrackDirection.Reply };
            yield return entered with { ConnectionMark = mark, State = ConntrackState.Related, Traffic = error };
            yield return entered with { ConnectionMark = mark, Mark = options.SeenMark };
            if (!packet.Traffic.Protocol.IsIcmp)
            {
                yield return packet with { ConnectionMark = mark, State = ConntrackState.Related };
            }
        }

        if (packet.Stage is HookStage.Output or HookStage.Postrouting)
        {
            yield return packet with { IsTranslated = !packet.IsTranslated };
            yield return packet with { IsTranslated = !packet.IsTranslated, State = ConntrackState.Related };
        }

        yield return packet with { State = ConntrackState.Invalid };
        yield return packet with { State = ConntrackState.Untracked };
        yield return packet with { State = ConntrackState.Untracked, Mark = options.AcceptedMark };
    }

    private static IEnumerable<uint> Marks(EnforcementOptions options, EpochPair epochs)
    {
        uint foreign = LowestOf(~options.ConnectionMarkMask);
        yield return foreign;
        if (options.ConnectionMarkMask == 0)
        {
            yield break;
        }

        int shift = BitOperations.TrailingZeroCount(options.ConnectionMarkMask);
        uint current = (uint)epochs.Current << shift, previous = (uint)epochs.Previous << shift, other = (uint)options.MaxEpoch << shift;
        yield return current;
        yield return current | foreign;
        yield return previous;
        yield return other | foreign;
        yield return options.DenyBit;
        yield return options.DenyBit | current;
    }

    private static uint LowestOf(uint bits) => bits & (~bits + 1);
}
