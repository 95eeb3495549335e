using System.Text;
using NetPolicy.Engine;
using NetPolicy.Spec;

namespace NetPolicy.Laws.Texts;

/// <summary>Writes a case as a file of <c>tests/corpus/regressions</c>.</summary>
internal static class CorpusFile
{
    public static string Write(Case @case)
    {
        StringBuilder text = new();
        SpecWorld? world = TryLoad(@case);
        text.Append("kind: Expectation\nname: story\n");
        if (@case.Choices != new Choices())
        {
            text.Append("# judged with ").Append(@case.Choices).Append('\n');
        }

        text.Append("flows:\n");
        foreach (FlowRequest flow in @case.Flows)
        {
            text.Append("- {").Append(flow.Describe()).Append(Expectation(world, flow)).Append("}\n");
        }

        return text.Append("---\n").Append(@case.World.ToYaml()).ToString();
    }

    private static SpecWorld? TryLoad(Case @case)
    {
        try
        {
            return SpecWorld.Load(@case.World.ToTexts(), @case.Choices.ToSpec());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Expectation(SpecWorld? world, FlowRequest flow)
    {
        try
        {
            return world is null ? "" : world.Evaluate(flow.ToSpec()).Allowed ? ", expect: allow" : ", expect: deny";
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
