using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>The product speaks with the kernel itself.</summary>
[Collection(ProcessEnvironment.Name)]
public sealed class WithoutProgramsTests
{
    [Fact]
    public void No_program_is_needed()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        string? path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", "");
            Assert.Throws<LabException>(() => place.RunProcess("nft", ["--version"]));
            using NftApplier applier = new(place);
            Assert.Equal(1, applier.Apply(Compile("kubernetes")).Generation);
            applier.Apply(Compile("host"));
            NftStatus status = applier.Status();
            Assert.True(status.IsInstalled);
            Assert.NotEmpty(status.Packets);
            Assert.True(applier.Uninstall());
            Assert.False(applier.Status().IsInstalled);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));
}
