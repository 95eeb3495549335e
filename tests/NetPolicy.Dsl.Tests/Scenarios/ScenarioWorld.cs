using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Inventory;
using Xunit;

namespace NetPolicy.Dsl.Tests.Scenarios;

/// <summary>An expectation file of the scenarios and the worlds it speaks of, one for each step.</summary>
internal sealed class ScenarioWorld
{
    private ScenarioWorld(ExpectationManifest expectation, IReadOnlyList<(string Step, IReadOnlyList<Manifest> Documents, IReadOnlyList<ExpectedFlow> Flows)> stages)
    {
        Expectation = expectation;
        Stages = stages;
    }

    public ExpectationManifest Expectation { get; }

    public IReadOnlyList<(string Step, IReadOnlyList<Manifest> Documents, IReadOnlyList<ExpectedFlow> Flows)> Stages { get; }

    public static ScenarioWorld Read(string relative)
    {
        string file = Repository.PathOf($"scenarios/{relative}");
        EquatableArray<Manifest> own = ReadAll(file);
        ExpectationManifest expectation = own.OfType<ExpectationManifest>().Single();
        Dictionary<ObjectId, Manifest> world = [];
        Add(ReadAll(Beside(file, expectation.Cluster!)));
        Add(own.Where(m => m is not ExpectationManifest));
        foreach ((string pod, var labels) in expectation.Variant?.PodLabels ?? default)
        {
            PodManifest before = world.Values.OfType<PodManifest>().Single(p => $"{p.EffectiveNamespace}/{p.Metadata.Name}" == pod);
            var merged = before.Metadata.Labels ?? default;
            foreach ((string key, string? value) in labels)
            {
                merged = merged.With(key, Assert.IsType<string>(value));
            }

            Add([before with { Metadata = before.Metadata with { Labels = merged } }]);
        }

        List<(string, IReadOnlyList<Manifest>, IReadOnlyList<ExpectedFlow>)> stages = [("", [.. world.Values], expectation.Flows)];
        foreach (ExpectationStep step in expectation.Steps)
        {
            foreach (string policies in step.Files)
            {
                Add(ReadAll(Beside(file, policies)));
            }

            stages.Add((step.Name, [.. world.Values], step.Flows));
        }

        return new ScenarioWorld(expectation, stages);

        void Add(IEnumerable<Manifest> documents)
        {
            foreach (Manifest document in documents)
            {
                world[document.Id] = document;
            }
        }
    }

    private static EquatableArray<Manifest> ReadAll(string file)
    {
        ManifestReadResult result = ManifestReader.ReadPaths([file]);
        Assert.Empty(result.Diagnostics);
        return result.Manifests;
    }

    private static string Beside(string file, string relative) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, relative));
}
