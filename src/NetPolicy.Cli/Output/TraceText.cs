using NetPolicy.Enforce.Tracing;

namespace NetPolicy.Cli.Output;

/// <summary>A packet's way for people: hooks, chains, and beside a policy's rule where it is written.</summary>
internal static class TraceText
{
    public static void Write(TextWriter output, IEnumerable<PacketTraceStep> steps)
    {
        string hook = "";
        foreach (PacketTraceStep step in steps)
        {
            if (step.Hook != hook)
            {
                hook = step.Hook;
                output.WriteLine($"  {Paint.Strong(hook)}");
            }

            output.WriteLine($"    {step.Chain}: {step.Rule}{(Repeats(step) ? "" : $" -> {step.Verdict}")}");
            if (step.Owner is not null)
            {
                output.WriteLine(Paint.Faint($"      {step.Owner}{(step.Span.IsKnown ? $" ({step.Span})" : "")}"));
            }
        }
    }

    // Most rules end in their verdict.
    private static bool Repeats(PacketTraceStep step) => step.Verdict == "continue" || step.Rule.EndsWith(step.Verdict, StringComparison.Ordinal);
}
