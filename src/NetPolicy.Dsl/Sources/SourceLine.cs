using NetPolicy.Diagnostics;

namespace NetPolicy.Dsl;

/// <summary>The C# line of one link of a sentence. <c>default</c> knows no place.</summary>
internal readonly record struct SourceLine(string? File, int Line)
{
    /// <summary>The line as a span at its first column; the compiler tells no column.</summary>
    public SourceSpan ToSpan() => Line <= 0 ? default : new SourceSpan(File, Line, 1);

    /// <summary>This line if it is known, else the other.</summary>
    public SourceLine Or(SourceLine other) => Line > 0 ? this : other;
}
