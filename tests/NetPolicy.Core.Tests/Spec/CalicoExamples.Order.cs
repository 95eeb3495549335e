using static NetPolicy.Spec.Tests.Yaml;

namespace NetPolicy.Spec.Tests;

/// <content>Sections 4 (actions), 5 and 6.1: who is asked when, and what comes out.</content>
internal static partial class CalicoExamples
{
    private const string Web = "selector: app == 'web'";
    private const string Open = "ingress: [{action: Allow}]";
    private const string Closed = "ingress: [{action: Deny}]";

    private static Example First(string says, string winner, params string[] documents) =>
        World("5.2: " + says, documents, ToWeb(), $"allow None/Allow {winner} ingress 0");

    private static IEnumerable<Example> Order()
    {
        yield return World("5.1: tiers of one order go by name", [Tier("tb", "order: 5"), Tier("ta", "order: 5"), Gnp("p", $"tier: tb, {Web}, {Closed}"), Gnp("q", $"tier: ta, {Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("5.1: names of tiers are compared byte by byte", [Tier("t-b", "order: 5"), Tier("ta", "order: 5"), Gnp("p", $"tier: ta, {Web}, {Closed}"), Gnp("q", $"tier: t-b, {Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("5.1: an unknown tier comes after all known ones", [Tier("late", "order: 1e12"), Gnp("p", $"tier: aghost, {Web}, {Closed}"), Gnp("q", $"tier: late, {Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("5.1: the policies of an unknown tier are applied", [Gnp("p", $"tier: ghost, {Web}, {Closed}")], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("5.1: unknown tiers go by name", [Gnp("p", $"tier: ghost2, {Web}, {Closed}"), Gnp("q", $"tier: ghost1, {Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return First("an order is a number, not text", "q", Gnp("p", $"order: 10, {Web}, {Closed}"), Gnp("q", $"order: 9, {Web}, {Open}"));
        yield return First("no order comes after every order", "q", Gnp("a", $"{Web}, {Closed}"), Gnp("q", $"order: 1e300, {Web}, {Open}"));
        yield return First("two without order go by name", "a", Gnp("b", $"{Web}, {Closed}"), Gnp("a", $"{Web}, {Open}"));
        yield return First("two of one order go by name", "a", Gnp("b", $"order: 1, {Web}, {Closed}"), Gnp("a", $"order: 1, {Web}, {Open}"));
        yield return First("`foo.bar` comes before `foo`", "foo.bar", Gnp("foo", $"{Web}, {Closed}"), Gnp("foo.bar", $"{Web}, {Open}"));
        yield return First("of one name a global policy comes before a namespaced one", "p", Calico("NetworkPolicy", "a/p", $"{Web}, {Closed}"), Gnp("p", $"{Web}, {Open}"));
        yield return First("of one name a Kubernetes policy comes before a Calico one", "p", Calico("NetworkPolicy", "a/p", $"order: 1000, {Web}, {Closed}"), Policy("a/p", "podSelector: {}, ingress: [{}]"));
        yield return First("kinds interleave by the name alone", "a", Calico("NetworkPolicy", "a/b", $"{Web}, {Closed}"), Gnp("c", $"{Web}, {Closed}"), Calico("NetworkPolicy", "a/a", $"{Web}, {Open}"));
        yield return World("5.2: rules run in the order of the list", [Gnp("p", $"{Web}, ingress: [{{action: Allow, protocol: UDP}}, {{action: Deny}}, {{action: Allow}}]")], ToWeb(), "deny None/Deny p ingress 1");
        yield return World("5.2: the first rule that matches decides", [Gnp("p", $"{Web}, ingress: [{{action: Allow, protocol: TCP}}, {{action: Deny}}]")], ToWeb(), "allow None/Allow p ingress 0");
        yield return World("6.1: a Kubernetes policy has order 1000", [Policy("a/k", "podSelector: {}, ingress: [{}]"), Gnp("q", $"order: 1001, {Web}, {Closed}")], ToWeb(), "allow None/Allow k ingress 0");
        yield return World("6.1: a Kubernetes policy is of tier `default`", [Policy("a/k", "podSelector: {}, ingress: [{}]"), Tier("t", "order: 999999"), Gnp("q", $"tier: t, {Web}, {Closed}")], ToWeb(), "deny None/Deny q ingress 0");
        yield return World("6.1: after it the tier goes on", [Policy("a/k", "podSelector: {}"), Gnp("q", $"{Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("6.1: it isolates through the end of the tier", [Policy("a/k", "podSelector: {}"), Gnp("q", $"{Web}, ingress: [{{action: Allow, protocol: UDP}}]")], ToWeb(), "deny None/Deny k ingress -1");
        yield return World("6.1: it selects pods, not host endpoints", [Host("edge", "node: n1, interfaceName: eth0, profiles: [projectcalico-default-allow]"), Policy("default/k", "podSelector: {}"), Policy("a/k", "podSelector: {}")], new("203.0.113.9", "host:n1", "TCP", 80), "allow None/None");
    }

    private static IEnumerable<Example> Verdicts()
    {
        string tier = Tier("t", "order: 1");
        string next = Gnp("q", $"{Web}, {Closed}");
        yield return World("4: Pass leaves out the rest of its tier", [tier, Gnp("a", $"tier: t, {Web}, ingress: [{{action: Pass}}]"), Gnp("b", $"tier: t, {Web}, {Closed}")], ToWeb(), "allow None/Allow kns.a ingress 0");
        yield return World("4: Deny in a tier is final", [tier, Gnp("p", $"tier: t, {Web}, {Closed}"), Gnp("q", $"{Web}, {Open}")], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("4: Allow in a tier is final", [tier, Gnp("p", $"tier: t, {Web}, {Open}"), next], ToWeb(), "allow None/Allow p ingress 0");
        yield return World("4: Log alone decides nothing", [Gnp("p", $"{Web}, ingress: [{{action: Log}}]")], ToWeb(), IsolatesWeb);
        yield return World("4: Log leaves the decision to the next policy", [Gnp("p", $"{Web}, ingress: [{{action: Log}}]"), Gnp("q", $"{Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        SpecFlow toWep = new("b/web", "a/wep", "TCP", 80);
        yield return World("4: Pass in a profile goes on with the next profile", [WorkloadEndpoint("[own, kns.a]"), Calico("Profile", "own", "ingress: [{action: Pass}]")], toWep, "allow None/None");
        yield return World("4: Pass in a profile leaves out its later rules", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "ingress: [{action: Pass}, {action: Allow}]")], toWep, "deny None/Deny wep-x ingress -1");
        yield return World("4: Log in a profile goes on", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "ingress: [{action: Log}, {action: Allow}]")], toWep, "allow None/None");
        yield return World("4: Deny in a profile is final", [WorkloadEndpoint("[own, kns.a]"), Calico("Profile", "own", "ingress: [{action: Deny}]")], toWep, "deny None/Deny own ingress 0");
        yield return World("5.3: an untracked policy does not touch a workload", [Gnp("p", $"{Web}, doNotTrack: true, applyOnForward: true, {Closed}")], ToWeb(), "allow None/None");
        yield return World("5.3: an untracked policy does not isolate a workload", [Gnp("p", $"{Web}, doNotTrack: true, applyOnForward: true, types: [Ingress, Egress]")], WebToB, "allow None/None");
        yield return World("5.3: a pre-DNAT policy does not isolate a workload", [Gnp("p", $"{Web}, preDNAT: true, applyOnForward: true")], ToWeb(), "allow None/None");
        yield return World("5.3: applyOnForward is no matter to a workload", [Gnp("p", $"{Web}, applyOnForward: true, {Closed}")], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("5.4: a policy without rules isolates", [Calico("NetworkPolicy", "a/p", "types: [Egress]")], WebToB, "deny Deny/None p egress -1");
        yield return World("5.4: ingress policies do not isolate egress", [Gnp("p", $"{Web}, types: [Ingress]")], WebToDb, "allow None/None");
        yield return World("5.4: a tier is no matter in a direction that none of its policies takes", [tier, Gnp("p", $"tier: t, {Web}, types: [Egress]")], ToWeb("a/db"), "allow None/None");
        yield return World("5.4: policies that select somebody else are no matter", [tier, Gnp("p", "tier: t, selector: app == 'db'")], ToWeb(), "allow None/None");
        yield return World("5.4: the next policy of the tier is asked if none matched", [Gnp("p", $"{Web}, ingress: [{{action: Deny, protocol: UDP}}]"), Gnp("q", $"{Web}, {Open}")], ToWeb(), "allow None/Allow q ingress 0");
        yield return World("5.4: the end of a tier denies before the next one is asked", [tier, Gnp("p", $"tier: t, {Web}, ingress: [{{action: Allow, protocol: UDP}}]"), Gnp("q", $"{Web}, {Open}")], ToWeb(), IsolatesWeb);
        yield return World("5.4: a tier that passes by default goes on with the next one", [Tier("t", "order: 1, defaultAction: Pass"), Gnp("p", $"tier: t, {Web}, ingress: [{{action: Allow, protocol: UDP}}]"), next], ToWeb(), "deny None/Deny q ingress 0");
        yield return World("5.4: a tier that passes by default still keeps what its rules say", [Tier("t", "order: 1, defaultAction: Pass"), Gnp("p", $"tier: t, {Web}, {Closed}")], ToWeb(), "deny None/Deny p ingress 0");
        yield return World("5.4: Pass in `default` goes on with `kube-baseline`", [Gnp("p", $"{Web}, ingress: [{{action: Pass}}]"), Gnp("q", $"tier: kube-baseline, {Web}, {Closed}")], ToWeb(), "deny None/Deny q ingress 0");
        yield return World("5.4: without Pass `default` never reaches `kube-baseline`", [Gnp("p", $"{Web}, ingress: [{{action: Allow, protocol: UDP}}]"), Gnp("q", $"tier: kube-baseline, {Web}, {Open}")], ToWeb(), IsolatesWeb);
        yield return World("5.4: `kube-baseline` is reached where `default` has no policy", [Gnp("p", $"{Web}, types: [Egress]"), Gnp("q", $"tier: kube-baseline, {Web}, {Closed}")], ToWeb("a/db"), "deny None/Deny q ingress 0");
        yield return World("5.4: `kube-baseline` ends with the profiles", [Gnp("q", $"tier: kube-baseline, {Web}, ingress: [{{action: Deny, protocol: UDP}}]")], ToWeb(), "allow None/Allow kns.a ingress 0");
        yield return World("5.4: profiles are asked in order", [WorkloadEndpoint("[two, one]"), Calico("Profile", "one", "ingress: [{action: Deny}]"), Calico("Profile", "two", Open)], toWep, "allow None/None");
        yield return World("5.4: a profile that does not match leaves it to the next", [WorkloadEndpoint("[one, kns.a]"), Calico("Profile", "one", "ingress: [{action: Deny, protocol: UDP}]")], toWep, "allow None/None");
        yield return World("5.4: after Pass the profiles decide", [WorkloadEndpoint("[one]"), Calico("Profile", "one", Closed), Calico("NetworkPolicy", "a/p", "ingress: [{action: Pass}]")], toWep, "deny None/Deny one ingress 0");
        yield return World("5.4: no profile that allows denies", [WorkloadEndpoint("[one]"), Calico("Profile", "one", "ingress: [{action: Allow, protocol: UDP}]")], toWep, "deny None/Deny wep-x ingress -1");
        yield return World("1.9: of two missing profiles the first hides those after it", [WorkloadEndpoint("[ghost, own, spirit]"), Calico("Profile", "own", Open)], toWep, "deny None/Deny wep-x ingress -1");
        yield return World("5.4: each direction has its rules of a profile", [WorkloadEndpoint("[own]"), Calico("Profile", "own", "ingress: [{action: Allow}], egress: [{action: Deny}]")], new("a/wep", "b/web", "TCP", 80), "deny Deny/None own egress 0");
        yield return World("5.4: a policy's Allow needs no profile", [WorkloadEndpoint("[]"), Calico("NetworkPolicy", "a/p", Open)], toWep, "allow None/Allow p ingress 0");
        string stagedAllow = Calico("StagedGlobalNetworkPolicy", "s", $"tier: t, {Web}, {Open}");
        yield return World("5.5: a tier of staged policies contributes nothing", [tier, stagedAllow], ToWeb(), "allow None/None");
        yield return World("5.5: a tier of staged policies leaves it to the next", [tier, stagedAllow, next], ToWeb(), "deny None/Deny q ingress 0");
        yield return World("5.5: beside an enforced policy a staged one is skipped", [tier, stagedAllow, Gnp("t", $"tier: t, {Web}")], ToWeb(), "deny None/Deny t ingress -1");
        yield return World("5.5: staged Kubernetes policies are skipped", [Calico("StagedKubernetesNetworkPolicy", "a/p", "podSelector: {}")], ToWeb(), "allow None/None");
        yield return World("5.5: a tier whose policies are staged in one direction decides in the other", [tier, Calico("StagedGlobalNetworkPolicy", "s", $"tier: t, {Web}, types: [Ingress]"), Gnp("t", $"tier: t, {Web}, types: [Egress]")], ToWeb("a/db"), "allow None/None");
        yield return World("5.5: pending, a staged policy stands in its place", [Calico("StagedGlobalNetworkPolicy", "s", $"order: 5, {Web}, {Closed}"), Gnp("p", $"order: 6, {Web}, {Open}")], ToWeb(), "deny None/Deny s ingress 0", AsEnforced);
        yield return World("5.5: pending, what comes before it still decides", [Calico("StagedGlobalNetworkPolicy", "s", $"order: 5, {Web}, {Closed}"), Gnp("p", $"order: 4, {Web}, {Open}")], ToWeb(), "allow None/Allow p ingress 0", AsEnforced);
        yield return World("5.5: pending, of one name the enforced policy comes first", [Calico("StagedNetworkPolicy", "a/p", $"{Web}, {Closed}"), Calico("NetworkPolicy", "a/p", $"{Web}, {Open}")], ToWeb(), "allow None/Allow p ingress 0", AsEnforced);
        yield return World("5.5: pending, a staged Kubernetes policy has order 1000", [Calico("StagedKubernetesNetworkPolicy", "a/p", "podSelector: {}, ingress: [{}]"), Gnp("q", $"order: 999, {Web}, {Closed}")], ToWeb(), "deny None/Deny q ingress 0", AsEnforced);
        yield return World("5.6: the source's egress must allow", [Gnp("p", "selector: app == 'db', types: [Egress]"), Gnp("q", $"{Web}, {Open}")], ToWeb("a/db"), "deny Deny/Allow p egress -1");
        yield return World("5.6: the destination's ingress must allow", [Gnp("p", "selector: app == 'db', egress: [{action: Allow}]"), Gnp("q", $"{Web}, {Closed}")], ToWeb("a/db"), "deny Allow/Deny q ingress 0");
        yield return World("5.6: a pod reaches itself", [Gnp("p", "types: [Ingress, Egress]")], ToWeb("a/web"), "allow None/None");
    }
}
