using NetPolicy.Diagnostics;
using Xunit;

namespace NetPolicy.Core.Tests.Validation;

public sealed class FindingsTests
{
    [Fact]
    public void Every_kind_of_finding_has_an_id_of_its_own_and_words()
    {
        Assert.NotEmpty(Findings.All);
        Assert.Equal(Findings.All.Count, Findings.All.Select(f => f.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Findings.All, f =>
        {
            Assert.Matches("^NP[1-5][0-9]{3}$", f.Id);
            Assert.False(f.Title.EndsWith('.') || f.Title.Length == 0);
            Assert.False(f.Help.EndsWith('.') || f.Help.Length == 0);
        });
    }
}
