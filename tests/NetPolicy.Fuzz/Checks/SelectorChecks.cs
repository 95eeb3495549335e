using NetPolicy.Labels;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Selector text.</summary>
internal static class SelectorChecks
{
    private static readonly LabelSet[] s_labels =
    [
        LabelSet.Empty, LabelSet.Of(("a", "b")), LabelSet.Of(("a", ""), ("c", "x")), LabelSet.Of(("projectcalico.org/namespace", "x"), ("a", "c"), ("d", "e")), LabelSet.Of(("k8s-app", "x"), ("in", "in"), ("not", "y")),
    ];

    public static void Run(string text)
    {
        if (!Selector.TryParse(text, out Selector? selector, out SelectorError? error))
        {
            Hold.That(error.Position >= 0 && error.Position <= text.Length, "a selector's error is inside the text", $"{error.Position} of {text.Length}: {Hold.Cut(text)}");
            Hold.That(error.Message.Length > 0 && !error.Message.Any(char.IsControl), "a selector's error is one line", Hold.Cut(error.Message));
            return;
        }

        string canonical = selector.ToString();
        Hold.That(Selector.TryParse(canonical, out Selector? again, out SelectorError? why), "canonical selectors can be parsed", Hold.Cut($"{canonical}: {why?.Message}"));
        Hold.That(
            canonical.Contains("!!", StringComparison.Ordinal) || (again!.ToString() == canonical && again.UniqueId() == selector.UniqueId()), "canonical selectors stay as they are", Hold.Cut($"{canonical} became {again}"));
        foreach (LabelSet labels in s_labels)
        {
            Hold.That(selector.Matches(labels) == again!.Matches(labels), "canonical selectors match alike", Hold.Cut($"{labels}: {text} became {canonical}"));
        }
    }
}
