using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Manifests;

namespace NetPolicy.Spec.Tests;

/// <summary>One flow in one small world, and what the specification says about it.</summary>
/// <param name="Says">A sentence: section and rule.</param>
/// <param name="Documents">The world.</param>
/// <param name="Flow">The flow.</param>
/// <param name="Answer"><c>allow</c> or <c>deny</c>, the ends' decisions, the deciding rule: <c>deny None/Deny name ingress -1</c>.</param>
internal sealed record Example(string Says, string[] Documents, SpecFlow Flow, string Answer, SpecOptions? Options = null)
{
    /// <summary>True if it has fields that the product's reader refuses, where a server would leave them out.</summary>
    public bool IsRefused { get; init; }

    public override string ToString() => Says;

    public SpecAnswer Judge() => SpecWorld.Load(Documents, Options).Evaluate(Flow);

    /// <summary>What the engine answers, in the same words; it reads the same texts with the product's reader.</summary>
    public string Evaluate()
    {
        List<Manifest> manifests = [];
        foreach (string document in Documents)
        {
            ManifestReadResult read = ManifestReader.Read(document);
            manifests.AddRange(read.HasErrors ? throw new FormatException(string.Join('\n', read.Diagnostics)) : read.Manifests);
        }

        SpecOptions options = Options ?? new SpecOptions();
        Choices choices = new(options.StagedAsEnforced, !options.EgressToOwnNodeAllowed, !options.HostInputAccepts);
        Snapshot snapshot = Snapshot.Of(manifests, choices.ToEngine());
        if (!snapshot.TryResolve(Flow.ToRequest(), out Flow resolved, out string? error))
        {
            throw new ArgumentException(error);
        }

        // By the rules themselves, by what is left of them for these ends, and by the table that is made for ends that come again.
        PlainWalk walk = default;
        Evaluation[] answers = [snapshot.Evaluate(resolved), snapshot.Evaluate(resolved), snapshot.Evaluate(resolved), snapshot.Evaluate(resolved, ref walk)];
        return string.Join(" or ", answers.Select(answer => Write(snapshot, answer)).Distinct(StringComparer.Ordinal));
    }

    public static string Write(SpecAnswer answer)
    {
        string verdict = $"{(answer.Allowed ? "allow" : "deny")} {answer.Egress}/{answer.Ingress}";
        string rule = answer.Rule is { } r ? $" {r.Name} {r.Direction} {r.Index}" : "";
        return verdict + rule + (answer.Translated is { } translated ? " at " + translated : "");
    }

    private static string Write(Snapshot snapshot, in Evaluation answer) => Write(new SpecAnswer(
        answer.IsAllowed,
        Enum.Parse<SpecEnd>(answer.Egress.Verdict.ToString()),
        Enum.Parse<SpecEnd>(answer.Ingress.Verdict.ToString()),
        Agreement.RuleOf(answer.Decider),
        [],
        answer.Backend is { } backend ? snapshot.Describe(backend) : null));
}
