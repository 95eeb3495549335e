using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;
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
    public void Both_writers_load_the_same_table(string name)
    {
        Kernel.RequireLab();
        RuleTable table = RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name)).Table.Resolve(1, 1, 0);
        using NetworkNamespace byText = NetworkNamespace.CreateAnonymous();
        using NetworkNamespace byMessages = NetworkNamespace.CreateAnonymous();
        byText.RunProcess("nft", ["-f", "-"], NftWriter.Write(table)).ThrowIfFailed();
        Tables.Load(byMessages, table);

        Assert.Equal(Tables.List(byText, table.Name), Tables.List(byMessages, table.Name));
    }
}
