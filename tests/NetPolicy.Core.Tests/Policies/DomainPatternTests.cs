using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Policies;

public sealed class DomainPatternTests
{
    [Theory]
    [InlineData("example.io", "example.io", true)]
    [InlineData("example.io", "EXAMPLE.io.", true)]
    [InlineData("Example.IO.", "example.io", true)]
    [InlineData("example.io", "www.example.io", false)]
    [InlineData("example.io", "ample.io", false)]
    [InlineData("*.example.io", "www.example.io", true)]
    [InlineData("*.example.io.", "a.b.Example.io", true)]
    [InlineData("*.example.io", "example.io", false)]
    [InlineData("*.example.io", ".example.io", false)]
    [InlineData("*.example.io", "badexample.io", false)]
    [InlineData("", "", false)]
    [InlineData("*.", "", false)]
    public void A_pattern_means_its_name_or_every_name_below_it(string pattern, string name, bool matches) =>
        Assert.Equal(matches, DomainPattern.Matches(pattern, name));
}
