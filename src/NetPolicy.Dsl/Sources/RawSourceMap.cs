using NetPolicy.Diagnostics;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>
/// Places in YAML that stands inside C#: exact for a raw string literal whose quotes stand on the call's line, approximate otherwise.
/// </summary>
internal sealed class RawSourceMap(SourceMap yaml, SourceLine call) : SourceMap
{
    /// <inheritdoc/>
    public override string? File => call.File;

    /// <inheritdoc/>
    public override int Document => yaml.Document;

    /// <inheritdoc/>
    public override SourceSpan Find(string path) => Move(yaml.Find(path), call);

    /// <summary>A place in the YAML as a place in the C# file.</summary>
    public static SourceSpan Move(SourceSpan span, SourceLine call) =>
        !span.IsKnown || call.Line <= 0
            ? call.ToSpan()
            : new SourceSpan(call.File, call.Line + span.Line, span.Column, call.Line + span.EndLine, span.EndColumn);
}
