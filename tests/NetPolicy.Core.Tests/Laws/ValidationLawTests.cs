using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Spec;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>What validation lets pass can be judged; what it does not let pass it says where.</summary>
public sealed class ValidationLawTests
{
    [Fact]
    public void Worlds_that_are_valid_are_read_without_an_error() => Law.ForAll(Any.Plain(WorldShape.All with { Cluster = false }, 0), Law.Worlds, @case =>
    {
        ManifestReadResult read = ManifestReader.Read(Text(@case.World.ToTexts()), "world.yaml");
        return Errors(read).FirstOrDefault() is { } error ? $"{error}\n{@case.World}" : null;
    });

    [Fact]
    public void Damaged_documents_end_in_findings_with_a_position_or_are_judged_alike_by_everybody() => Damaged(WorldShape.All with { Cluster = false }, judged: 15);

    [Fact]
    public void Damaged_cluster_policies_end_in_findings_with_a_position_or_are_judged_alike_by_everybody() => Damaged(WorldShape.ClusterAndKubernetes with { Unknowns = false }, judged: 3);

    private static void Damaged(WorldShape shape, double judged)
    {
        Coverage coverage = new(("refused", 40), ("judged", judged));
        Law.ForAll(Any.Damaged(shape, 20), coverage, @case =>
        {
            ManifestReadResult read = ManifestReader.Read(@case.Text, "world.yaml");
            EquatableArray<Diagnostic> findings = [.. read.Diagnostics.Concat(Validator.Validate(read))];
            if (findings.FirstOrDefault(d => !d.Span.IsKnown || d.Span.File != "world.yaml") is { } lost)
            {
                return $"without position: {lost}";
            }

            if (findings.Any(d => d.Severity == DiagnosticSeverity.Error) || !ManifestChecks.Duplicates(read.Manifests).IsEmpty)
            {
                coverage.Saw("refused");

                // What was read anyway must not make the engine fail.
                _ = Snapshot.Of(read.Manifests.Concat(read.Damaged), @case.Choices.ToEngine());
                return null;
            }

            // The specification does not say what a policy means whose subject cannot be read; validation says what it is taken for.
            if (findings.Any(d => d.Descriptor == Findings.SelectorFailsClosed && d.Path!.StartsWith("spec.subject", StringComparison.Ordinal)))
            {
                return null;
            }

            coverage.Saw("judged");
            return Agreement.Difference(SpecWorld.Load([.. @case.Documents], @case.Choices.ToSpec()), Snapshot.Of(read.Manifests, @case.Choices.ToEngine()), @case.Flows) is { } how
                ? $"{how}\n{findings}"
                : null;
        });
    }

    private static IEnumerable<Diagnostic> Errors(ManifestReadResult read) =>
        read.Diagnostics.Concat(Validator.Validate(read)).Where(d => d.Severity == DiagnosticSeverity.Error);

    private static string Text(IReadOnlyList<string> documents) => string.Join("\n---\n", documents);
}
