using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.State;
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

    [Fact]
    public void A_change_on_trial_needs_none_either()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("trial");
        string? path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", "");
            using ManagedHost host = new(place.Name);
            host.Apply(Compile("kubernetes"), []);
            host.Arm(Compile("kubernetes"), [], TimeSpan.FromSeconds(100));
            HostStatus status = host.Status();
            Assert.Equal(ArmedPhase.Armed, status.Armed);
            Assert.InRange(status.Remaining, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(100));
            Assert.True(host.Confirm());
            Assert.False(host.Confirm());
            host.Arm(Compile("kubernetes"), [], TimeSpan.FromSeconds(100));
            Assert.Equal("the change on trial was taken back", host.Rollback());
            Assert.True(host.Uninstall(EnforcementOptions.Default.ConnectionMarkMask));
            Assert.False(host.Status().Loaded.IsInstalled);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));
}
