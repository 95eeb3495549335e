using NetPolicy.Enforce.Lab;
using NetPolicy.Laws;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Labs;

namespace NetPolicy.Enforce.Tests.Lab;

public sealed class KernelCountersTests
{
    private const string Rules = """
        table inet t {
          counter web { comment "np shop/web named"; }
          set seen { type inet_service; counter; elements = { 82 comment "element 82", 83 comment "element 83" }; }
          chain r_1 { counter comment "np shop/web ingress 0"; }
          chain r_2 { counter comment "np shop/web ingress 0"; counter drop comment "np shop/web ingress 1"; }
          chain f {
            type filter hook forward priority 0; policy accept;
            counter
            tcp dport 80 counter name "web" goto r_1
            tcp dport 81 goto r_2
            tcp dport @seen accept
          }
        }
        """;

    [Fact]
    public void Packets_are_summed_by_comment()
    {
        Kernel.RequireLab();
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset(Rules);

        lab.Run([Probe(A, "10.1.0.2", Tcp, 80), Probe(A, "10.1.0.2", Tcp, 81), Probe(A, "10.1.0.2", Tcp, 81), Probe(A, "10.1.0.2", Tcp, 83)]);

        Assert.Equal(
            [
                ("element 82", 0UL), ("element 83", 1UL), ("np shop/web ingress 0", 3UL), ("np shop/web ingress 1", 2UL), ("np shop/web named", 1UL),
            ],
            lab.ReadCounters().Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Observing_a_probe_names_the_rules_that_counted_it()
    {
        Kernel.RequireLab();
        using PacketLab lab = PacketLab.Build(Small());
        lab.LoadRuleset(Rules);
        lab.Run(Probe(A, "10.1.0.2", Tcp, 80));

        LabObservation observed = lab.Observe(Probe(B, "10.1.0.1", Tcp, 81));

        Assert.Equal(LabVerdict.Dropped, observed.Result.Verdict);
        Assert.Equal(["np shop/web ingress 0", "np shop/web ingress 1"], observed.Rules);
    }

    [Fact]
    public void A_text_without_objects_has_no_counters() => Assert.Empty(KernelCounters.Parse("""{"nftables": [{"metainfo": {"version": "1.0.6"}}]}"""));
}
