using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>A loaded field after bitwise operations with constants: <c>(field &amp; Mask) ^ Xor</c>, the kernel's own form.</summary>
internal readonly record struct NftOperand(NftField Field, UInt128 Mask, UInt128 Xor)
{
    internal NftOperand(NftField field)
        : this(field, field.Type.Max, UInt128.Zero)
    {
    }

    internal bool IsPlain => Mask == Field.Type.Max && Xor == UInt128.Zero;

    internal NftOperand And(UInt128 constant) => this with { Mask = Mask & constant, Xor = Xor & constant };

    internal NftOperand Or(UInt128 constant) => this with { Mask = Mask & ~constant, Xor = (Xor & ~constant) | constant };

    internal NftOperand Exclusive(UInt128 constant) => this with { Xor = Xor ^ constant };

    internal bool TryLoad(Execution execution, out UInt128 value)
    {
        if (!Field.TryLoad(execution, out value))
        {
            return false;
        }

        value = (value & Mask) ^ Xor;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => IsPlain
        ? Field.Text
        : string.Create(CultureInfo.InvariantCulture, $"({Field.Text} & 0x{Mask:x} ^ 0x{Xor:x})");
}
