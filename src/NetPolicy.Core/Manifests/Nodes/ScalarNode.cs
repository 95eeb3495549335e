using System.Globalization;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>A value without parts. <paramref name="text"/> is what is written, without quotes.</summary>
internal sealed class ScalarNode(SourceSpan span, ScalarKind kind, string text, double number = 0) : ManifestNode(span)
{
    public ScalarKind Kind => kind;

    public string Text => text;

    /// <summary>The number of an integer or float; 1 for true.</summary>
    public double Number => number;

    public override bool IsNull => kind == ScalarKind.Null;

    /// <summary>True for an integer whose spelling is not its plain decimal one, such as <c>010</c> (8) or <c>0x50</c>.</summary>
    public bool HasOddNotation => kind == ScalarKind.Integer && Number.ToString("R", CultureInfo.InvariantCulture) != text;

    public override string Description => kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Text => $"text `{Shorten(text)}`",
        ScalarKind.Boolean => $"boolean `{text}`",
        ScalarKind.Integer or ScalarKind.Float => $"number `{Shorten(text)}`",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static ScalarNode OfText(string text) => new(default, ScalarKind.Text, text);

    public static ScalarNode OfBoolean(bool value) => new(default, ScalarKind.Boolean, value ? "true" : "false", value ? 1 : 0);

    public static ScalarNode OfNumber(double number) => new(default, double.IsInteger(number) ? ScalarKind.Integer : ScalarKind.Float, NumberText.Format(number), number);

    public static ScalarNode OfNull() => new(default, ScalarKind.Null, "null");

    internal static string Shorten(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= 80 ? line : string.Concat(line.AsSpan(0, 77), "...");
    }
}
