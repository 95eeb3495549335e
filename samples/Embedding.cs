using NetPolicy.Analysis;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Nft;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace Samples;

/// <summary>The engine inside another program.</summary>
public static class Embedding
{
    #region read
    public static IReadOnlyList<Manifest> Read(string folder)
    {
        ManifestReadResult read = ManifestReader.ReadPaths([folder]);
        List<Diagnostic> findings =
        [
            .. read.Diagnostics,
            .. ManifestChecks.Duplicates(read.Manifests),
            .. Validator.Validate(read.Manifests.Concat(read.Damaged)),
        ];

        // Every finding is a value with an id, a message and a place; nothing was thrown because of the text.
        return findings.Any(f => f.Severity == DiagnosticSeverity.Error)
            ? throw new InvalidDataException(string.Join('\n', findings))
            : [.. read.Manifests];
    }
    #endregion

    #region evaluate
    public static bool Passes(Snapshot snapshot, string from, string to, int port)
    {
        FlowRequest request = new() { From = from, To = to, Port = port };
        return snapshot.TryResolve(request, out Flow flow, out string? error)
            ? snapshot.Evaluate(flow).IsAllowed
            : throw new ArgumentException(error);
    }
    #endregion

    #region explain
    public static IEnumerable<string> Why(Snapshot snapshot, Flow flow)
    {
        Explanation explanation = Explanation.Of(snapshot, flow);
        foreach (ExplainedStage stage in explanation.Attempts.SelectMany(a => a.Stages))
        {
            foreach (ExplainedPolicy policy in stage.Tiers.SelectMany(t => t.Policies))
            {
                yield return $"{stage.Endpoint} {stage.Direction}: {policy.Policy}, {policy.Rules.Count(r => r.Matched)} rules match";
            }
        }
    }
    #endregion

    #region diff
    public static IEnumerable<string> WhatChanges(Snapshot before, Snapshot after) =>
        from change in SemanticDiff.Between(before, after).Changes
        select $"{change.From} -> {change.To}: {change.Old} becomes {change.New}, for example {change.Witness.From} -> {change.Witness.To} {change.Witness.Port}";
    #endregion

    #region render
    public static string Ruleset(Snapshot snapshot, string node)
    {
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, new EnforcementOptions { DenyAction = DenyAction.Reject });
        return ruleset.HasErrors
            ? throw new InvalidDataException(string.Join('\n', ruleset.Diagnostics))
            : NftWriter.Write(ruleset);
    }
    #endregion
}

#region engine
/// <summary>Keeps a snapshot in step with a watch. Readers take <see cref="Current"/> at any time, without locks.</summary>
public sealed class PolicyView
{
    private readonly PolicyEngine _engine = new();

    public Snapshot Current => _engine.Current;

    /// <summary>Everything at once, when the watch (re)starts.</summary>
    public void Start(IEnumerable<Manifest> all) => _engine.Apply(new Change.ReplaceAll([.. all]));

    public void Added(Manifest manifest) => _engine.Apply(new Change.Upsert(manifest));

    public void Removed(Manifest manifest) => _engine.Apply(new Change.Remove(manifest.Id));

    /// <summary>A batch is one step: nobody sees half of it.</summary>
    public bool Changed(IEnumerable<Change> batch) => _engine.Apply(batch).Changed.Count > 0;
}
#endregion
