using NetPolicy.Engine;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>Paths of HTTP requests and rules, as they are compared (Calico specification §1.5).</summary>
public sealed class HttpMatcherTests
{
    [Theory]
    [InlineData("/pub/x/..", "/pub/")]
    [InlineData("/pub/.", "/pub/")]
    [InlineData("/pub/x/../y", "/pub/y")]
    [InlineData("/..", "/")]
    [InlineData("/../../pub", "/pub")]
    [InlineData("/pub/;v=1/x", "/pub//x")]
    [InlineData("/pub;v=1", "/pub")]
    public void Dot_segments_and_parameters_leave_the_rest_of_a_path(string path, string same) => Assert.Equal(same, HttpMatcher.Normalize(path));

    [Theory]
    [InlineData("/pub/%")]
    [InlineData("/pub/%4")]
    [InlineData("/pub/%4z")]
    [InlineData("/pub/%z4")]
    [InlineData("%")]
    [InlineData("?/pub")]
    public void A_path_with_half_an_escape_or_nothing_before_its_query_is_no_path(string path) => Assert.Null(HttpMatcher.Normalize(path));
}
