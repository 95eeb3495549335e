using System.Runtime.InteropServices;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Tests.Compilation;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>The kernel refuses, or says nothing: nothing is half applied, and what passes is tried again.</summary>
public sealed class RefusalTests
{
    private const int NotPermitted = 1;
    private const int Busy = 16;
    private const int Restart = 85;
    private const int NoBufferSpace = 105;

    [Theory]
    [InlineData(Busy)]
    [InlineData(Restart)]
    [InlineData(NoBufferSpace)]
    public void What_passes_is_tried_again_at_every_call(int error)
    {
        Kernel.RequireLab();
        for (int at = 1; at <= 8; at++)
        {
            using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
            int calls = int.MinValue;
            using NftApplier applier = new(place)
            {
                Grace = TimeSpan.FromMilliseconds(1),
                Fault = (call, messages) => IsTransaction(messages) && ++calls == at ? error : 0,
            };
            applier.Apply(Compile("kubernetes"));
            calls = 0;
            applier.Apply(Compile("host"));
            Assert.True(calls >= at || at > 3);
            Same(place, Compile("host"));
        }
    }

    [Fact]
    public void An_answer_that_was_lost_is_looked_up_in_the_table()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        bool isSent = false;
        int lost = 0;
        using NftApplier applier = new(place)
        {
            Grace = TimeSpan.FromMilliseconds(1),
            Fault = (call, messages) =>
            {
                isSent |= IsTransaction(messages);
                if (call == NetlinkCall.Receive && isSent && lost < 3)
                {
                    isSent = false;
                    lost++;
                    return NoBufferSpace;
                }

                return 0;
            },
        };
        applier.Apply(Compile("kubernetes"));
        Assert.Equal(3, lost);
        Same(place, Compile("kubernetes"));
    }

    [Fact]
    public void What_does_not_pass_is_an_error_and_leaves_the_rules_as_they_were()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        bool isBusy = false;
        using NftApplier applier = new(place)
        {
            Grace = TimeSpan.FromMilliseconds(1),
            Fault = (_, messages) => isBusy && IsTransaction(messages) ? Busy : 0,
        };
        applier.Apply(Compile("kubernetes"));
        string before = List(place);
        isBusy = true;
        NftException refusal = Assert.Throws<NftException>(() => applier.Apply(Compile("host")));
        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, List(place));
        isBusy = false;
        applier.Apply(Compile("host"));
        Same(place, Compile("host"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Without_permission_nothing_is_left_whichever_transaction_is_the_first_without(int at)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        int sent = 0;
        using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(1), Fault = (_, messages) => IsTransaction(messages) && ++sent == at ? NotPermitted : 0 };
        NftPlan plan = applier.Plan(Compile("kubernetes"));
        NftException refusal = Assert.Throws<NftException>(() => applier.Apply(Compile("kubernetes")));
        Assert.Contains("CAP_NET_ADMIN", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(plan.Steps[at - 1].Kind == NftStepKind.Prepare || at <= 2 ? "" : "table inet netpol\n", place.RunProcess("nft", ["list", "tables"]).ThrowIfFailed().Output);
        applier.Apply(Compile("kubernetes"));
        Same(place, Compile("kubernetes"));
    }

    // The kernel itself refuses: it is asked for an expression, or for a kind of set, that it does not have.
    [Theory]
    [InlineData("empty")]
    [InlineData(null)]
    public void What_the_kernel_does_not_know_is_named_and_nothing_is_half_applied(string? before)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        bool isOld = false;
        using NftApplier applier = new(place)
        {
            Grace = TimeSpan.FromMilliseconds(1),
            Fault = (_, messages) =>
            {
                if (isOld && IsTransaction(messages))
                {
                    Replace(messages, "counter\0"u8, "countex\0"u8);
                }

                return 0;
            },
        };
        if (before is not null)
        {
            applier.Apply(Compile(before));
        }

        string there = List(place);
        isOld = true;
        NftException refusal = Assert.Throws<NftException>(() => applier.Apply(Compile("kubernetes")));
        Assert.Equal("NP5030", refusal.Finding?.Id);
        Assert.StartsWith("the kernel does not support `add rule inet netpol r_", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("expected a kernel whose nf_tables does", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(there, List(place));
        isOld = false;
        applier.Apply(Compile("kubernetes"));
        Same(place, Compile("kubernetes"));
    }

    [Fact]
    public void A_kind_of_set_that_the_kernel_does_not_support_is_named()
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using NftApplier applier = new(place) { Fault = (_, messages) => MarkSets(messages) };
        NftException refusal = Assert.Throws<NftException>(() => applier.Apply(Compile("kubernetes")));
        Assert.Equal("NP5030", refusal.Finding?.Id);
        Assert.Contains("`add ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("", place.RunProcess("nft", ["list", "tables"]).ThrowIfFailed().Output);
    }

    [Theory]
    [InlineData("add element inet netpol wl_if_1 { \"caliother\" }")]
    [InlineData("delete element inet netpol wl_if_1 { \"cali174f788f457\" }")]
    [InlineData("flush map inet netpol id4_1")]
    [InlineData("flush chain inet netpol fwd_1")]
    [InlineData("flush chain inet netpol h_fwd")]
    [InlineData("flush ruleset")]
    [InlineData("add chain inet netpol theirs; add rule inet netpol theirs jump deny")]
    public void Whoever_begins_anew_repairs_what_somebody_else_did(string edit)
    {
        Kernel.RequireLab();
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        using (NftApplier before = new(place) { Grace = TimeSpan.FromMilliseconds(1) })
        {
            before.Apply(Compile("kubernetes"));
        }

        place.RunProcess("nft", ["-f", "-"], edit + "\n").ThrowIfFailed();
        using NftApplier applier = new(place) { Grace = TimeSpan.FromMilliseconds(1) };
        Assert.NotEmpty(applier.Apply(Compile("kubernetes")).Steps);
        Same(place, Compile("kubernetes"));
        Assert.DoesNotContain("theirs", List(place), StringComparison.Ordinal);
    }

    private static CompiledRuleset Compile(string name) => RulesetCompiler.Compile(Worlds.Of(PolicyCases.All[name]), "node1", PolicyCases.Options(name));

    // A transaction begins with the message that says so.
    private static bool IsTransaction(Span<byte> messages) => messages.Length > 6 && MemoryMarshal.Read<ushort>(messages[4..]) == 16;

    private static void Replace(Span<byte> messages, ReadOnlySpan<byte> known, ReadOnlySpan<byte> unknown)
    {
        while (messages.IndexOf(known) is >= 0 and int at)
        {
            unknown.CopyTo(messages[at..]);
            messages = messages[(at + known.Length)..];
        }
    }

    // A flag of sets that no kernel has: attribute 3 of messages of type 9.
    private static int MarkSets(Span<byte> messages)
    {
        while (messages.Length >= 20)
        {
            int length = MemoryMarshal.Read<int>(messages);
            if (MemoryMarshal.Read<ushort>(messages[4..]) == 0x0a09)
            {
                Span<byte> attributes = messages[20..length];
                while (attributes.Length >= 4)
                {
                    int size = (MemoryMarshal.Read<ushort>(attributes) + 3) & ~3;
                    if ((MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff) == 3)
                    {
                        attributes[4] |= 0x40;
                    }

                    attributes = attributes[Math.Min(size, attributes.Length)..];
                }
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return 0;
    }

    private static void Same(NetworkNamespace place, CompiledRuleset ruleset)
    {
        using NftApplier another = new(place);
        Assert.Empty(another.Apply(ruleset).Steps);
    }

    private static string List(NetworkNamespace place) => place.RunProcess("nft", ["list", "ruleset"]).ThrowIfFailed().Output;
}
