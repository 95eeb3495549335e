using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>Maps the fields of a lowered document to the C# lines that asked for them.</summary>
internal sealed class CallerSourceMap : SourceMap
{
    private readonly SourceLine _document;
    private readonly Dictionary<string, SourceLine> _lines = new(StringComparer.Ordinal);

    public CallerSourceMap(SourceLine document) => _document = document;

    /// <inheritdoc/>
    public override string? File => _document.File;

    /// <inheritdoc/>
    public override int Document => 0;

    /// <summary>Remembers where a field comes from; unknown lines are left to the enclosing field.</summary>
    public void Set(string path, SourceLine line)
    {
        if (line.Line > 0)
        {
            _lines[path] = line;
        }
    }

    /// <inheritdoc/>
    public override SourceSpan Find(string path)
    {
        for (string at = path; at.Length > 0; at = Enclosing(at))
        {
            if (_lines.TryGetValue(at, out SourceLine line))
            {
                return line.ToSpan();
            }
        }

        return _document.ToSpan();
    }

    private static string Enclosing(string path)
    {
        int end = path.LastIndexOfAny(['.', '[']);
        return end <= 0 ? "" : path[..end];
    }
}
