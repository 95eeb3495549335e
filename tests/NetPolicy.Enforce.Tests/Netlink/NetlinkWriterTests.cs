using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>What is written as netlink messages is what nft makes of the text.</summary>
public sealed class NetlinkWriterTests
{
    public static TheoryData<string> Cases => [.. PolicyCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_writers_load_the_same_table_and_it_is_read_back_as_it_was_wanted(string name)
    {
        Kernel.RequireLab();
        Tables.AssertSame(RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name)).Table.Resolve(1, 2, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_statement_field_and_value_is_loaded_alike_and_read_back(int seed)
    {
        Kernel.RequireLab();
        Tables.AssertSame(RandomTables.Make(seed));
    }
}
