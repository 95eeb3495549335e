using NetPolicy.Analysis.Expectations;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Scenarios;

namespace NetPolicy.Demo.Stages;

/// <summary>Reads the states of a scenario from its files.</summary>
internal sealed class StageReader(string folder)
{
    /// <summary>Steps, the state before the first one included, then variants.</summary>
    public IReadOnlyList<Stage> Read(Scenario scenario)
    {
        List<Stage> stages = [];
        foreach (ExpectedWorld world in Worlds(scenario.ExpectationFile))
        {
            ScenarioStep? step = scenario.Steps.AsEnumerable().FirstOrDefault(one => world.Name.EndsWith("/" + one.Name, StringComparison.Ordinal));
            stages.Add(new Stage(step?.Name ?? "before", step?.Description ?? "no policy yet", step?.Policies, world, stages.LastOrDefault()));
        }

        stages[^1] = stages[^1] with { IsLast = true };
        Stage last = stages[^1];
        foreach (ScenarioVariant variant in scenario.Variants)
        {
            ExpectedWorld world = Worlds(scenario.ExpectationFileOf(variant))[^1];
            stages.Add(new Stage(variant.Name, variant.Description, variant.Policies, world, last)
            {
                IsVariant = true,
                LintIds = [.. variant.LintIds.AsEnumerable()],
            });
        }

        return stages;
    }

    private IReadOnlyList<ExpectedWorld> Worlds(string file)
    {
        string path = Path.Combine(folder, file);
        ManifestReadResult read = Documents(path);
        ExpectationManifest expectation = read.Manifests.OfType<ExpectationManifest>().Single();
        return ExpectedWorld.Of(expectation, read.Manifests, name => Documents(Path.Combine(Path.GetDirectoryName(path)!, name)));
    }

    private static ManifestReadResult Documents(string path)
    {
        ManifestReadResult read = ManifestReader.ReadPaths([path]);
        return read.HasErrors ? throw new DemoException($"`{path}` cannot be used: {read.Diagnostics[0]}") : read;
    }
}
