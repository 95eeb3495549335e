using FsCheck;
using FsCheck.Fluent;
using NetPolicy.Collections;
using NetPolicy.Dsl.Tests.Laws;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Dsl.Tests.Import;

/// <summary>YAML, told as C#, compiled, and written as YAML again, is the same documents.</summary>
public class ImportLaws
{
    [Fact]
    public void Policies_of_the_scenarios_come_back_exactly_and_without_embedded_yaml()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Repository.PathOf("scenarios"), "*.yaml", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "policies")
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(files.Length >= 8, $"{files.Length} files");
        List<(string, string)> classes = [];
        for (int i = 0; i < files.Length; i++)
        {
            PolicySet set = PolicySet.FromYaml(File.ReadAllText(files[i]), files[i]);
            string code = set.ToCSharp(new CSharpOptions { ClassName = $"Set{i}" });
            Assert.DoesNotContain("Raw(", code, StringComparison.Ordinal);
            Assert.Equal(code, set.ToCSharp(new CSharpOptions { ClassName = $"Set{i}", IsExact = true }));
            classes.Add(($"Policies.Set{i}", code));
        }

        Assert.Equal(files.Select(File.ReadAllText), CodeCompiler.Sets(classes).Select(s => s.ToYaml()));
    }

    [Fact]
    public void Documents_of_the_corpus_come_back() => ComeBack(Corpus());

    [Fact]
    public void Documents_of_generated_worlds_come_back() =>
        ComeBack([.. Enumerable.Range(1, 30).Select(i => Sound(Any.Make((ulong)i * 7919, WorldShape.Enforceable with { Http = true }, 1).World.Manifests))]);

    [Fact]
    public void Sentences_come_back_as_sentences()
    {
        List<PolicySet> sets = [];
        for (ulong seed = 0; sets.Count < 60; seed++)
        {
            PolicySet set = PolicySet.Define("set", [PolicyModel.Make(new Dice(seed), 4).ToPart()]);
            if (set.IsValid)
            {
                sets.Add(PolicySet.FromYaml(set.ToYaml()));
            }
        }

        ComeBack([.. sets.Select(s => s.Manifests)]);
        Assert.All(sets, s => Assert.False(s.ToCSharp().Contains("Raw(", StringComparison.Ordinal), s.ToYaml()));
    }

    /// <summary>The sets as C#, in both modes, compiled in one go.</summary>
    private static void ComeBack(List<EquatableArray<Manifest>> worlds)
    {
        PolicySet[] sets = [.. worlds.Where(w => !w.IsEmpty).Select((w, i) => PolicySet.From($"set{i}", w)).Where(s => s.IsValid)];
        Assert.True(sets.Length * 2 > worlds.Count, "hardly any world is valid");
        List<(string, string)> classes = [];
        foreach (PolicySet set in sets)
        {
            foreach (bool exact in new[] { false, true })
            {
                string name = $"{set.Name}{(exact ? "Exact" : "")}";
                classes.Add(($"Policies.{name}", set.ToCSharp(new CSharpOptions { ClassName = name, IsExact = exact })));
            }
        }

        IReadOnlyList<PolicySet> back = CodeCompiler.Sets(classes);
        for (int i = 0; i < sets.Length; i++)
        {
            Same(sets[i], Spelled(sets[i].Manifests), Spelled(back[2 * i].Manifests), classes[2 * i].Item2);
            Same(sets[i], sets[i].Manifests, back[(2 * i) + 1].Manifests, classes[(2 * i) + 1].Item2);
        }
    }

    private static void Same(PolicySet set, EquatableArray<Manifest> before, EquatableArray<Manifest> after, string code)
    {
        Assert.Equal(before.Count, after.Count);
        for (int i = 0; i < before.Count; i++)
        {
            Assert.True(before[i].Equals(after[i]), $"{set.Name}: came back as\n{ManifestWriter.ToYaml(after[i])}\ninstead of\n{ManifestWriter.ToYaml(before[i])}\nby\n{code}");
        }
    }

    private static EquatableArray<Manifest> Spelled(EquatableArray<Manifest> documents) => [.. documents.Select(Spelling.Of)];

    private static EquatableArray<Manifest> Sound(IEnumerable<Manifest> documents) =>
        [.. documents.DistinctBy(d => d.Id).Where(d => !Validator.Validate([d]).Any(f => f.Severity == NetPolicy.Diagnostics.DiagnosticSeverity.Error))];

    private static List<EquatableArray<Manifest>> Corpus()
    {
        List<EquatableArray<Manifest>> worlds = [];
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests/corpus"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            // Cases of validation hold the document below `object`, indented by two.
            string text = string.Join('\n', File.ReadAllText(file).Split("\n---\n").Select(Unwrapped).Prepend("").Where(d => d.Length > 0).Select(d => $"---\n{d}"));
            worlds.Add(Sound(ManifestReader.Read(text).Manifests.Where(m => m is not ExpectationManifest)));
        }

        Assert.True(worlds.Sum(w => w.Count) > 150, $"the corpus holds {worlds.Sum(w => w.Count)} documents");
        return worlds;

        static string Unwrapped(string document)
        {
            int at = document.IndexOf("\nobject:\n", StringComparison.Ordinal);
            return at < 0 ? document : string.Join('\n', document[(at + 9)..].Split('\n').TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l[2..]));
        }
    }
}
