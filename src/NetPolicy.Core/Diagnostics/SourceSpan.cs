using System.Globalization;

namespace NetPolicy.Diagnostics;

/// <summary>A place in a file: line and column where something starts and where it ends, both one-based; the end column is exclusive.</summary>
/// <remarks><c>default</c> (line 0) means that no place is known. Columns count UTF-16 code units.</remarks>
public readonly record struct SourceSpan(string? File, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>A place known by its start only.</summary>
    public SourceSpan(string? file, int line, int column)
        : this(file, line, column, line, column)
    {
    }

    /// <summary>True if a place is known.</summary>
    public bool IsKnown => Line > 0;

    /// <summary><c>file:line:column</c>, or the file alone, or <c>(unknown)</c>.</summary>
    public override string ToString() =>
        IsKnown ? string.Create(CultureInfo.InvariantCulture, $"{File ?? "(text)"}:{Line}:{Column}") : File ?? "(unknown)";
}
