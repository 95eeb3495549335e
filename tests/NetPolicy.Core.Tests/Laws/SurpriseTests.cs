using NetPolicy.Spec.Tests;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>What readers of the specifications easily miss, as portable cases: one surprise in each file, named by what it says.</summary>
public sealed class SurpriseTests
{
    private static readonly string Folder = Corpus.Folder("surprises");

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Engine_and_oracle_are_not_surprised(string file) => CorpusJudge.Judge(Path.Combine(Folder, file));

    [Theory]
    [MemberData(nameof(Files))]
    public void The_story_comes_first_and_names_the_section(string file) =>
        Assert.Matches(@"^# (Kubernetes|Calico|Cluster) [0-9.]+: .+\nkind: Expectation\nname: " + Path.GetFileNameWithoutExtension(file) + "\n", File.ReadAllText(Path.Combine(Folder, file)));
}
