namespace NetPolicy.Dsl;

/// <summary>A line that rides along in a record without taking part in its equality.</summary>
internal readonly struct LineOutsideEquality(SourceLine line) : IEquatable<LineOutsideEquality>
{
    public SourceLine Line { get; } = line;

    public bool Equals(LineOutsideEquality other) => true;

    public override bool Equals(object? obj) => obj is LineOutsideEquality;

    public override int GetHashCode() => 0;
}
