using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

internal enum NftComparison : byte
{
    Equal = 0,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Compares one masked field with a constant.</summary>
internal sealed class CompareInstruction(NftOperand operand, NftComparison comparison, UInt128 value) : Instruction
{
    internal override bool IsMatch => true;

    internal override Step Execute(Execution execution)
    {
        if (!operand.TryLoad(execution, out UInt128 loaded))
        {
            return Step.Break;
        }

        bool matches = comparison switch
        {
            NftComparison.Equal => loaded == value,
            NftComparison.NotEqual => loaded != value,
            NftComparison.Less => loaded < value,
            NftComparison.LessOrEqual => loaded <= value,
            NftComparison.Greater => loaded > value,
            NftComparison.GreaterOrEqual => loaded >= value,
            _ => throw new InvalidOperationException($"comparison {comparison}"),
        };
        return matches ? Step.Continue : Step.Break;
    }

    internal override string Describe()
    {
        NftType type = operand.Field.Type;
        if (operand.Xor != 0 && comparison is NftComparison.Equal or NftComparison.NotEqual)
        {
            return new CompareInstruction(operand with { Xor = 0 }, comparison, value ^ operand.Xor).Describe();
        }

        return comparison switch
        {
            NftComparison.Equal when AsRange() is { } range => RangeInstruction.Describe(operand.Field, range, negated: false),
            NftComparison.NotEqual when AsRange() is { } range => RangeInstruction.Describe(operand.Field, range, negated: true),
            NftComparison.Less when operand.IsPlain && value > 0 => RangeInstruction.Describe(operand.Field, new(0, value - 1), negated: false),
            NftComparison.LessOrEqual when operand.IsPlain => RangeInstruction.Describe(operand.Field, new(0, value), negated: false),
            NftComparison.Greater when operand.IsPlain && value < type.Max => RangeInstruction.Describe(operand.Field, new(value + 1, type.Max), negated: false),
            NftComparison.GreaterOrEqual when operand.IsPlain => RangeInstruction.Describe(operand.Field, new(value, type.Max), negated: false),
            _ => string.Create(CultureInfo.InvariantCulture, $"{operand} {comparison} 0x{value:x}"),
        };
    }

    /// <summary>A comparison under a prefix mask is a range; this makes prefix, range and single value spellings equal.</summary>
    private NftRange? AsRange()
    {
        UInt128 host = operand.Field.Type.Max & ~operand.Mask;
        bool isPrefix = (host & (host + 1)) == 0;
        return isPrefix && (value & host) == 0 && operand.Mask != 0 ? new NftRange(value, value | host) : null;
    }
}

/// <summary>Tests whether one masked field lies in an inclusive range.</summary>
internal sealed class RangeInstruction(NftOperand operand, NftRange range, bool isNegated) : Instruction
{
    internal override bool IsMatch => true;

    internal override Step Execute(Execution execution) =>
        operand.TryLoad(execution, out UInt128 loaded) && range.Contains(loaded) != isNegated ? Step.Continue : Step.Break;

    internal override string Describe() => operand.IsPlain
        ? Describe(operand.Field, range, isNegated)
        : $"{operand} {(isNegated ? "not in" : "in")} {range.Format(operand.Field.Type)}";

    internal static string Describe(NftField field, NftRange range, bool negated) =>
        $"{field.Text} {(negated ? "not in" : "in")} {range.Format(field.Type)}";
}

/// <summary>Tests whether a concatenation of fields is in a set.</summary>
internal sealed class LookupInstruction(NftOperand[] operands, NftSetReference set, bool isNegated) : Instruction
{
    internal override bool IsMatch => true;

    internal override Step Execute(Execution execution)
    {
        Span<UInt128> key = stackalloc UInt128[operands.Length];
        return execution.TryLoad(operands, key) && (set.Target.Find(key, execution.Now) is not null) != isNegated ? Step.Continue : Step.Break;
    }

    /// <summary>A literal set of one range is that range, however it was written.</summary>
    internal override string Describe()
    {
        string[] elements = set.IsLiteral && operands.Length == 1 ? [.. set.Target.DescribeElements()] : [];
        string values = elements is [var only] && only != "*" ? only : set.Describe();
        return $"{string.Join(" . ", operands)} {(isNegated ? "not in" : "in")} {values}";
    }
}

/// <summary>Lets packets through up to a rate, by the kernel's token bucket (tokens are nanoseconds).</summary>
internal sealed class LimitInstruction(int slot, NftRate rate, bool isOver, string text) : Instruction
{
    internal override Step Execute(Execution execution)
    {
        bool within = execution.TakeTokens(slot, rate.Cost(execution.State.Packet.Length), rate.Depth);
        return within != isOver ? Step.Continue : Step.Break;
    }

    internal override string Describe() => text;
}

/// <summary>A rate with its burst.</summary>
internal readonly record struct NftRate(UInt128 Amount, UInt128 UnitNanoseconds, uint Burst, bool CountsBytes)
{
    /// <summary>What one packet costs, in nanoseconds of the bucket.</summary>
    internal long Cost(int length) => (long)(CountsBytes ? UnitNanoseconds * (uint)length / Amount : UnitNanoseconds / Amount);

    /// <summary>What the full bucket holds.</summary>
    internal long Depth => (long)(CountsBytes ? UnitNanoseconds * (Amount + Burst) / Amount : UnitNanoseconds / Amount * Burst);
}
