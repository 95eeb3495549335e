using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Where a written value comes from: a constant, a masked field, or a map.</summary>
internal abstract class NftValueSource
{
    /// <summary>Loads one value; false is the kernel's BREAK.</summary>
    internal bool TryLoad(Execution execution, out UInt128 value)
    {
        Span<UInt128> values = stackalloc UInt128[2];
        bool loaded = TryLoad(execution, values, out _);
        value = values[0];
        return loaded;
    }

    /// <summary>Loads one or two fields (address, port) into <paramref name="values"/>.</summary>
    internal abstract bool TryLoad(Execution execution, Span<UInt128> values, out int fields);

    internal abstract string Describe();
}

internal sealed class ConstantSource(NftType type, UInt128 value) : NftValueSource
{
    internal override bool TryLoad(Execution execution, Span<UInt128> values, out int fields)
    {
        values[0] = value;
        fields = 1;
        return true;
    }

    internal override string Describe() => type.Format(value);
}

internal sealed class OperandSource(NftOperand operand) : NftValueSource
{
    internal override bool TryLoad(Execution execution, Span<UInt128> values, out int fields)
    {
        fields = 1;
        return operand.TryLoad(execution, out values[0]);
    }

    internal override string Describe() => operand.ToString();
}

internal sealed class MapSource(NftOperand[] operands, NftSetReference map) : NftValueSource
{
    internal override bool TryLoad(Execution execution, Span<UInt128> values, out int fields)
    {
        fields = 0;
        Span<UInt128> key = stackalloc UInt128[operands.Length];
        if (!execution.TryLoad(operands, key) || map.Target.Find(key, execution.Now) is not { } element)
        {
            return false;
        }

        fields = element.Data!.Length;
        element.Data.CopyTo(values);
        return true;
    }

    internal override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(" . ", operands)} map {map.Describe()}");
}
