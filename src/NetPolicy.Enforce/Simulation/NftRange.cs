namespace NetPolicy.Enforce.Simulation;

/// <summary>An inclusive range of one key field.</summary>
internal readonly record struct NftRange(UInt128 Low, UInt128 High)
{
    internal bool IsSingle => Low == High;

    internal bool Contains(UInt128 value) => value >= Low && value <= High;

    internal string Format(NftType type) => IsSingle ? type.Format(Low) : $"{type.Format(Low)}-{type.Format(High)}";
}
