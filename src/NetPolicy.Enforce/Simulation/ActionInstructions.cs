using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Ends the rule with a fixed verdict.</summary>
internal sealed class DecideInstruction(NftDecision decision) : Instruction
{
    internal override IEnumerable<NftDecision> Decisions => [decision];

    internal override Step Execute(Execution execution) => execution.Decide(decision);

    internal override string Describe() => decision.ToString();
}

/// <summary>Ends the rule with the verdict found in a map; no element: break.</summary>
internal sealed class DecideByMapInstruction(NftOperand[] operands, NftSetReference map) : Instruction
{
    internal override IEnumerable<NftDecision> Decisions => map.Target.Elements.Select(element => element.Decision!);

    internal override Step Execute(Execution execution)
    {
        Span<UInt128> key = stackalloc UInt128[operands.Length];
        return execution.TryLoad(operands, key) && map.Target.Find(key, execution.Now) is { } element
            ? execution.Decide(element.Decision!)
            : Step.Break;
    }

    internal override string Describe() => $"{string.Join(" . ", operands)} vmap {map.Describe()}";
}

internal enum NftWritable : byte
{
    MetaMark = 0,
    MetaPriority,
    MetaTrace,
    CtMark,
}

/// <summary>Writes a mark or the priority. A source that cannot be loaded breaks; a missing connection does not.</summary>
internal sealed class WriteInstruction(NftWritable target, NftValueSource source) : Instruction
{
    internal override Step Execute(Execution execution)
    {
        if (!source.TryLoad(execution, out UInt128 value))
        {
            return Step.Break;
        }

        switch (target)
        {
            case NftWritable.MetaMark:
                execution.State.Mark = (uint)value;
                break;
            case NftWritable.MetaPriority:
                execution.State.Priority = (uint)value;
                break;
            case NftWritable.CtMark when execution.State.Connection is { } connection:
                connection.Mark = (uint)value;
                break;
            case NftWritable.CtMark:
            case NftWritable.MetaTrace:
                break;
            default:
                throw new InvalidOperationException($"writable {target}");
        }

        return Step.Continue;
    }

    internal override string Describe() => $"{target} := {source.Describe()}";
}

/// <summary>Counts the packet, inline or in a named object.</summary>
internal sealed class CountInstruction(int slot, string? name) : Instruction
{
    internal int Slot => slot;

    internal override Step Execute(Execution execution)
    {
        execution.Count(slot);
        return Step.Continue;
    }

    internal override string Describe() => name is null ? "counter" : $"counter {name}";
}

/// <summary>Records a log line.</summary>
internal sealed class LogInstruction(string? prefix, ushort? group, string options) : Instruction
{
    internal override Step Execute(Execution execution)
    {
        execution.Log(prefix, group);
        return Step.Continue;
    }

    internal override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"log prefix \"{prefix}\" group {group?.ToString(CultureInfo.InvariantCulture) ?? "-"}{options}");
}

/// <summary>Exempts a packet from tracking that tracking has not seen yet.</summary>
internal sealed class NotrackInstruction : Instruction
{
    internal override Step Execute(Execution execution)
    {
        PacketState state = execution.State;
        if (state.Connection is null)
        {
            state.State = ConntrackState.Untracked;
        }

        return Step.Continue;
    }

    internal override string Describe() => "notrack";
}

/// <summary>Drops and answers.</summary>
internal sealed class RejectInstruction(string answer) : Instruction
{
    internal override Step Execute(Execution execution)
    {
        execution.Reject(answer);
        return execution.Decide(NftDecision.Drop);
    }

    internal override string Describe() => $"reject with {answer}";
}

/// <summary>Asks for a translation and accepts.</summary>
internal sealed class NatInstruction(NatKind kind, NftValueSource? address, ushort? port, string text) : Instruction
{
    internal override Step Execute(Execution execution)
    {
        Span<UInt128> values = stackalloc UInt128[2];
        int fields = 0;
        if (address is not null && !address.TryLoad(execution, values, out fields))
        {
            return Step.Break;
        }

        execution.State.Nat = new NatBinding(kind, fields > 0 ? values[0] : null, fields > 1 ? (ushort)values[1] : port);
        return execution.Decide(NftDecision.Accept);
    }

    internal override string Describe() => text;
}
