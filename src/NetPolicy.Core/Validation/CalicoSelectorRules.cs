using NetPolicy.Diagnostics;
using NetPolicy.Labels;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>Selector text in Calico's kinds (Calico specification §1.2, §1.3 and R15, R16 of §1.5).</summary>
internal static class CalicoSelectorRules
{
    private const int MaxLength = 1024;
    private const string Global = "global(";

    /// <summary>A selector of the policy itself; the ban on <c>global(</c> is a plain substring test, so it also hits quoted text.</summary>
    public static void CheckPolicy(string? text, FieldPath path, ValidationContext context)
    {
        CheckLength(text, path, context);
        CheckText(text, path, context);
        ForbidGlobal(text, path, context);
    }

    /// <summary>A rule's <c>selector</c>.</summary>
    public static void CheckRule(string? text, FieldPath path, ValidationContext context) => CheckPolicy(text, path, context);

    /// <summary>A rule's <c>notSelector</c>, in which <c>global()</c> is no error.</summary>
    public static void CheckNegated(string? text, FieldPath path, ValidationContext context)
    {
        CheckLength(text, path, context);
        CheckText(text, path, context);
    }

    /// <summary>A rule's <c>namespaceSelector</c>: <c>global()</c> alone, or none of it.</summary>
    public static void CheckNamespace(string? text, FieldPath path, ValidationContext context)
    {
        CheckLength(text, path, context);
        CheckText(text, path, context);
        if (text is not null && text.Contains(Global, StringComparison.Ordinal) && !IsGlobalAlone(text))
        {
            context.Add(Findings.GlobalMisplaced, path, Cause.Invalid, $"`global()` is part of `{ScalarNode.Shorten(text)}`, expected it alone");
        }
    }

    /// <summary>Any other selector: it must parse.</summary>
    public static void CheckText(string? text, FieldPath path, ValidationContext context)
    {
        if (text is not null && !Selector.TryParse(text, out _, out SelectorError? error))
        {
            context.Add(Findings.InvalidSelector, path, Cause.Invalid, $"selector `{ScalarNode.Shorten(text)}` cannot be parsed at character {error!.Position + 1}: {error.Message}");
        }
    }

    private static void CheckLength(string? text, FieldPath path, ValidationContext context)
    {
        if (text?.Length > MaxLength)
        {
            context.Add(Findings.SelectorTooLong, path, Cause.TooLong, $"selector has {text.Length} characters, expected at most {MaxLength}");
        }
    }

    private static void ForbidGlobal(string? text, FieldPath path, ValidationContext context)
    {
        if (text is not null && text.Contains(Global, StringComparison.Ordinal))
        {
            context.Add(Findings.GlobalMisplaced, path, Cause.Invalid, $"`global(` stands in `{ScalarNode.Shorten(text)}`, expected it only in a rule's namespaceSelector");
        }
    }

    private static bool IsGlobalAlone(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        return trimmed.StartsWith(Global) && trimmed[^1] == ')' && trimmed[Global.Length..^1].Trim(" \t").IsEmpty;
    }
}
