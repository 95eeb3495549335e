using System.Diagnostics;
using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.State;

/// <summary>One process at a time changes a table.</summary>
[Collection("named namespaces")]
public sealed class ApplyLockTests
{
    [Fact]
    public void Who_comes_second_is_refused_after_a_while_and_told_who_is_at_it()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("lock");
        using ManagedHost first = new(place.Name);
        first.Hold();
        using ManagedHost second = new(place.Name) { LockWait = TimeSpan.FromMilliseconds(200) };
        Stopwatch watch = Stopwatch.StartNew();
        NftException refusal = Assert.Throws<NftException>(() => second.Apply(Compile("kubernetes"), []));
        Assert.InRange(watch.ElapsedMilliseconds, 190, 5000);
        Assert.Equal("NP5031", refusal.Finding?.Id);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} (`"), refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(" is applying rules to table `netpol`, expected it to end within 0.2 s", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<NftException>(() => second.Confirm());
        Assert.Throws<NftException>(() => second.Rollback());
        Assert.Throws<NftException>(() => second.Uninstall(EnforcementOptions.Default.ConnectionMarkMask));
        Assert.False(second.Status().Loaded.IsInstalled);

        // Whoever holds it works as always, and on other machines nobody waits.
        first.Apply(Compile("kubernetes"), []);
        using NetworkNamespace elsewhere = NetworkNamespace.CreateNamed("lock");
        using ManagedHost third = new(elsewhere.Name) { LockWait = TimeSpan.Zero };
        third.Apply(Compile("kubernetes"), []);
    }

    [Fact]
    public void Who_comes_second_waits_for_the_first()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("lock");
        ManagedHost first = new(place.Name);
        first.Hold();
        Thread ending = new(() =>
        {
            Thread.Sleep(150);
            first.Dispose();
        });
        ending.Start();
        using ManagedHost second = new(place.Name);
        Assert.Equal(1, second.Apply(Compile("kubernetes"), []).Generation);
        ending.Join();
    }

    [Fact]
    public void Many_at_once_come_one_after_the_other()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("lock");
        Thread[] all =
        [
            .. Enumerable.Range(0, 6).Select(i => new Thread(() =>
            {
                using ManagedHost host = new(place.Name) { LockWait = TimeSpan.FromSeconds(60) };
                host.Apply(Compile(i % 2 == 0 ? "kubernetes" : "host"), []);
            })),
        ];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all, t => t.Join());
        using NftApplier applier = new(place.Name);
        Assert.True(applier.Plan(Compile("kubernetes")).Steps.IsEmpty || applier.Plan(Compile("host")).Steps.IsEmpty);
        Assert.Empty(Directory.GetFiles(ApplyLock.DefaultFolder, $"lock-{applier.PlaceId()}-*"));
    }

    [Fact]
    public void A_process_that_is_killed_lets_go()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateNamed("lock");
        using NftApplier applier = new(place.Name);
        Directory.CreateDirectory(ApplyLock.DefaultFolder);
        string file = Path.Combine(ApplyLock.DefaultFolder, $"lock-{applier.PlaceId()}-netpol");
        using Process holder = Process.Start(new ProcessStartInfo("flock") { ArgumentList = { "--no-fork", "--exclusive", file, "sleep", "100" } })!;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                using Process other = Process.Start(new ProcessStartInfo("flock") { ArgumentList = { "--nonblock", "--exclusive", file, "true" } })!;
                other.WaitForExit();
                return other.ExitCode == 1;
            },
            TimeSpan.FromSeconds(20)));
        using ManagedHost host = new(place.Name) { LockWait = TimeSpan.FromMilliseconds(300) };
        Assert.Equal("NP5031", Assert.Throws<NftException>(() => host.Apply(Compile("kubernetes"), [])).Finding?.Id);
        holder.Kill();
        holder.WaitForExit();
        Assert.NotEmpty(host.Apply(Compile("kubernetes"), []).Steps);
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));
}
