using NetPolicy.Spec.Tests;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Every case that judges once disagreed about, for ever.</summary>
public sealed class RegressionTests
{
    private static readonly string Folder = Corpus.Folder("regressions");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Their_numbers_leave_nothing_out() =>
        Assert.Equal(Enumerable.Range(1, Files().Count), Files().Select(file => int.Parse(file.Data[..3], System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Engine_and_oracle_say_what_is_expected(string file) => CorpusJudge.Judge(Path.Combine(Folder, file));
}
