namespace NetPolicy.Cli.Tests.Architecture;

/// <summary>The public surface of each library is kept as text: a difference is reviewed as API.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("NetPolicy.Core")]
    [InlineData("NetPolicy.Dsl")]
    [InlineData("NetPolicy.Enforce")]
    public void Is_what_was_agreed(string library) => Golden.Compare(
        Repository.PathOf("tests", "golden", "api", library + ".txt"),
        PublicApi.Describe(Libraries.Assemblies.Single(a => a.GetName().Name == library)));

    [Fact]
    public void Names_generic_types_nullable_values_and_constants()
    {
        string text = PublicApi.Describe(Libraries.Core);
        Assert.Contains("public enum NetPolicy.Engine.Verdict : byte\n  Undecided = 0\n", text, StringComparison.Ordinal);
        Assert.Contains("NetPolicy.Collections.EquatableArray<T>", text, StringComparison.Ordinal);
        Assert.Contains("public static NetPolicy.Engine.Snapshot Of(System.Collections.Generic.IEnumerable<NetPolicy.Manifests.Manifest> manifests, NetPolicy.Engine.EngineOptions options = null)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("internal", text, StringComparison.Ordinal);
    }
}
