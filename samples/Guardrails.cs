using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>What only Calico can say.</summary>
public static class Guardrails
{
    #region calico
    private static readonly Tier Security = Tier("security").Order(100).PassByDefault();
    private static readonly OrderBand Band = OrderBand("guardrails", 100, 199);
    private static readonly NetworkSet Blocklist = GlobalNetworkSet("blocklist").Labelled(Label("list").Is("blocked"))
        .Containing(Cidr("203.0.113.0/24")).Containing(Cidr("2001:db8:bad::/48"));

    public static PolicySet Policies => PolicySet.Define("guardrails",
    [
        Security,
        Blocklist,
        GlobalPolicy("guardrails").For(EveryNamespace.AllPods).In(Security).Order(Band + 10).Labelled(Label("team").Is("platform"))
            .LogTo(Blocklist).OnAllTraffic()
            .DenyTo(Blocklist).OnAllTraffic()
            .DenyFrom(Cidr("10.0.0.0/8").Except("10.1.0.0/16") | Cidr("fd00::/8")).On(AllTcp.Except(Tcp(22) | Tcp(8000).Through(8100)))
            .AllowFrom(EveryNamespace.AllPods).On(Icmp.EchoRequest)
            .AllowFrom(Cidr("192.0.2.0/24")).To(Pods(Label("app").StartsWith("edge-"))).On(Tcp("https") | Tcp(443))
            .PassFrom(Anywhere).OnAllTraffic(),
        Shop.Web.CalicoPolicy("public-http").AllowFrom(Anywhere).On(Http(80).Method("GET").Under("/public").At("/healthz")),
        Raw("""
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: only-tcp}
            spec:
              tier: security
              order: 150
              namespaceSelector: all()
              types: [Egress]
              egress:
              - {action: Deny, notProtocol: TCP}
              - {action: Pass}
            """),
    ]);
    #endregion

    #region draft
    public static PolicySet Draft => Policies.Staged();      // every policy reported, none enforced
    #endregion
}
