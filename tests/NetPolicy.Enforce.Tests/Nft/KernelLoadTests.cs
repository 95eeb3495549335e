using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Nft;

public sealed class KernelLoadTests
{
    public static TheoryData<string> Cases => [.. PolicyCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_kernel_takes_what_is_written_and_lists_it(string name)
    {
        Kernel.RequireLab();
        string text = NftWriter.Write(RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name)));

        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();

        Assert.Equal("", place.RunProcess("nft", ["-c", "-f", "-"], text).ThrowIfFailed().Error);
        Assert.Equal("", place.RunProcess("nft", ["-f", "-"], text).ThrowIfFailed().Error);
        Assert.Contains("comment \"netpol managed table", place.RunProcess("nft", ["list", "ruleset"]).ThrowIfFailed().Output, StringComparison.Ordinal);
    }
}
