using NetPolicy.Analysis;
using NetPolicy.Manifests;
using NetPolicy.Policies;

namespace NetPolicy.Cli.Output;

/// <summary>What staged policies would do, for people.</summary>
internal static class PendingText
{
    /// <summary>The report on a whole world.</summary>
    public static void Write(TextWriter output, PendingWorld pending, SemanticDiff diff)
    {
        if (pending.Staged.Count == 0 && pending.Deletions.Count == 0)
        {
            output.WriteLine("no policy is staged");
            return;
        }

        output.WriteLine("staged, not enforced:");
        foreach (Policy policy in pending.Staged)
        {
            output.WriteLine($"  {policy}{At(policy.Source)}");
        }

        foreach (Manifest deletion in pending.Deletions)
        {
            output.WriteLine($"  {deletion.Id} (a staged deletion, which changes nothing here){At(deletion)}");
        }

        output.WriteLine();
        DiffText.Write(output, diff, "now", "then", change => change.NewAnswer is { } then ? Words.Sentence(then.Decider) : null);
    }

    /// <summary>What would become of one flow.</summary>
    public static void Write(TextWriter output, in PendingAnswer answer)
    {
        if (!answer.ChangesDecision)
        {
            output.WriteLine("  with staged policies enforced: the same");
            return;
        }

        string verdict = Paint.Verdict(answer.Pending.IsAllowed);
        output.WriteLine($"  with staged policies enforced: {(answer.ChangesVerdict ? verdict : $"still {verdict}")}");
        output.WriteLine($"    {Paint.Strong("egress")}   {Words.Sentence(answer.Pending.Egress)}");
        output.WriteLine($"    {Paint.Strong("ingress")}  {Words.Sentence(answer.Pending.Ingress)}");
    }

    private static string At(Manifest manifest) => manifest.SpanOf("") is { IsKnown: true } span ? Paint.Faint($"  {span}") : "";
}
