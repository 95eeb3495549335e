namespace NetPolicy.Spec.Tests;

/// <summary>One flow in one small world, and what the specification says about it.</summary>
/// <param name="Says">A sentence: section and rule.</param>
/// <param name="Documents">The world.</param>
/// <param name="Flow">The flow.</param>
/// <param name="Answer"><c>allow</c> or <c>deny</c>, the ends' decisions, the deciding rule: <c>deny None/Deny name ingress -1</c>.</param>
internal sealed record Example(string Says, string[] Documents, SpecFlow Flow, string Answer, SpecOptions? Options = null)
{
    public override string ToString() => Says;

    public SpecAnswer Judge() => SpecWorld.Load(Documents, Options).Evaluate(Flow);

    public static string Write(SpecAnswer answer)
    {
        string verdict = $"{(answer.Allowed ? "allow" : "deny")} {answer.Egress}/{answer.Ingress}";
        string rule = answer.Rule is { } r ? $" {r.Name} {r.Direction} {r.Index}" : "";
        return verdict + rule + (answer.Translated is { } translated ? " at " + translated : "");
    }
}
