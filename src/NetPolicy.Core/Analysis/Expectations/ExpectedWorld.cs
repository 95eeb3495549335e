using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Analysis.Expectations;

/// <summary>One state of the world that an <see cref="ExpectationManifest"/> describes, and what must hold in it.</summary>
/// <param name="Name">Name of the expectation, and of the step after a slash.</param>
/// <param name="Manifests">Everything in the world.</param>
/// <param name="Checks">Probes of every pair of pods.</param>
/// <param name="Flows">Single flows.</param>
public sealed record ExpectedWorld(
    string Name, EquatableArray<Manifest> Manifests, EquatableArray<ExpectedCheck> Checks, EquatableArray<ExpectedFlow> Flows)
{
    /// <summary>
    /// The states in order: the file's own world first (if it expects anything), then one for each step, each on top of the one before.
    /// </summary>
    /// <param name="expectation">What is expected.</param>
    /// <param name="documents">The file's other documents.</param>
    /// <param name="read">Reads a file or folder named relative to the expectation's file.</param>
    /// <exception cref="ExpectationException">A file cannot be used, or a step removes or relabels what is not there.</exception>
    public static IReadOnlyList<ExpectedWorld> Of(
        ExpectationManifest expectation, IEnumerable<Manifest> documents, Func<string, ManifestReadResult> read)
    {
        ArgumentNullException.ThrowIfNull(expectation);
        ArgumentNullException.ThrowIfNull(read);
        List<Manifest> world = [];
        if (expectation.Cluster is { } cluster)
        {
            Add(world, Read(expectation, cluster, read));
        }

        Relabel(expectation, world, expectation.Variant);
        Add(world, documents.Where(d => d is not ExpectationManifest));
        List<ExpectedWorld> worlds = [];
        if (!expectation.Checks.IsEmpty || !expectation.Flows.IsEmpty)
        {
            worlds.Add(new ExpectedWorld(expectation.Name, [.. world], expectation.Checks, expectation.Flows));
        }

        foreach (ExpectationStep step in expectation.Steps)
        {
            foreach (ObjectReference gone in step.Remove)
            {
                if (world.RemoveAll(gone.Matches) == 0)
                {
                    throw new ExpectationException(expectation, $"step `{step.Name}` removes {gone.Kind} `{gone.Name}`, which is not there");
                }
            }

            foreach (string file in step.Files)
            {
                Add(world, Read(expectation, file, read));
            }

            Add(world, step.Documents);
            Relabel(expectation, world, step.Variant);
            worlds.Add(new ExpectedWorld($"{expectation.Name}/{step.Name}", [.. world], step.Checks, step.Flows));
        }

        return worlds;
    }

    private static IEnumerable<Manifest> Read(ExpectationManifest expectation, string file, Func<string, ManifestReadResult> read)
    {
        ManifestReadResult result = read(file);
        return result.HasErrors
            ? throw new ExpectationException(
                expectation,
                $"`{file}` cannot be used: {result.Diagnostics.First(d => d.Severity == Diagnostics.DiagnosticSeverity.Error)}")
            : result.Manifests.Where(m => m is not ExpectationManifest);
    }

    private static void Add(List<Manifest> world, IEnumerable<Manifest> documents)
    {
        foreach (Manifest document in documents)
        {
            int existing = world.FindIndex(m => m.Id == document.Id);
            if (existing >= 0)
            {
                world[existing] = document;
            }
            else
            {
                world.Add(document);
            }
        }
    }

    private static void Relabel(ExpectationManifest expectation, List<Manifest> world, ClusterVariant? variant)
    {
        foreach ((string name, EquatableMap<string?> labels) in variant?.NamespaceLabels ?? default)
        {
            Relabel(expectation, world, m => m is NamespaceManifest && m.Metadata.Name == name, $"namespace `{name}`", labels);
        }

        foreach ((string name, EquatableMap<string?> labels) in variant?.PodLabels ?? default)
        {
            Relabel(expectation, world, m => m is PodManifest && $"{m.EffectiveNamespace}/{m.Metadata.Name}" == name, $"pod `{name}`", labels);
        }
    }

    private static void Relabel(
        ExpectationManifest expectation, List<Manifest> world, Predicate<Manifest> isMeant, string what, EquatableMap<string?> labels)
    {
        int index = world.FindIndex(isMeant);
        if (index < 0)
        {
            throw new ExpectationException(expectation, $"{what} is to be relabelled but is not there");
        }

        SortedDictionary<string, string> merged = new(StringComparer.Ordinal);
        foreach ((string key, string value) in world[index].Metadata.Labels ?? default)
        {
            merged[key] = value;
        }

        foreach ((string key, string? value) in labels)
        {
            if (value is null)
            {
                merged.Remove(key);
            }
            else
            {
                merged[key] = value;
            }
        }

        world[index] = world[index] with { Metadata = world[index].Metadata with { Labels = new EquatableMap<string>(merged) } };
    }
}
