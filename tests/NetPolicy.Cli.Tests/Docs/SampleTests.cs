using NetPolicy.Dsl;

namespace NetPolicy.Cli.Tests.Docs;

public sealed class SampleTests
{
    [Fact]
    public void The_YAML_that_the_pages_ask_questions_of_is_what_the_first_sample_writes() =>
        Golden.Compare(Repository.PathOf("samples", "shop", "policies.yaml"), Samples.Shop.Policies.ToYaml());

    [Fact]
    public void Every_sample_set_is_valid()
    {
        Assert.All(
            typeof(Samples.Shop).Assembly.GetTypes()
                .SelectMany(t => t.GetProperties())
                .Where(p => p.PropertyType == typeof(PolicySet))
                .Select(p => (PolicySet)p.GetValue(null)!),
            set => Assert.True(set.IsValid, $"{set.Name}: {string.Join('\n', set.Diagnostics.AsEnumerable())}"));
    }
}
