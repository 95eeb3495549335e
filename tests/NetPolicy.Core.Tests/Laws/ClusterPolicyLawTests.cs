using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>The properties of section 9 of the specification of cluster-scoped policies.</summary>
public sealed class ClusterPolicyLawTests
{
    private const int Flows = 20;

    private static readonly WorldShape Known = WorldShape.ClusterAndKubernetes with { Unknowns = false };

    [Fact]
    public void A_policy_whose_subject_is_nobody_or_that_has_no_rules_changes_nothing() =>
        Equivalence.OfReasons(WorldShape.All, ClusterRewrites.WithMorePoliciesThatSayNothing);

    [Fact]
    public void A_rule_after_one_that_matches_the_same_changes_nothing() => Equivalence.OfVerdicts(Known, ClusterRewrites.WithShadowedRules);

    [Fact]
    public void A_policy_is_two_of_adjacent_priorities_that_share_its_rules() => Equivalence.OfVerdicts(WorldShape.All, ClusterRewrites.WithPoliciesSplit, leastPercent: 20);

    [Fact]
    public void Policies_of_the_first_version_agree_with_those_they_migrate_to() => Equivalence.OfVerdicts(Known, ClusterRewrites.WithPoliciesMigrated, leastPercent: 20);

    [Fact]
    public void Without_their_rules_cluster_policies_leave_what_network_policies_say() => Hold(WorldShape.All, @case =>
    {
        World silent = @case.World with { Manifests = @case.World.Manifests.Select(WithoutRules).ToEquatableArray() };
        World without = Without(@case.World, manifest => ClusterRewrites.TierOf(manifest) is not null);
        return (silent, without, @case);
    });

    [Fact]
    public void A_Pass_of_everything_at_priority_0_makes_all_other_Admin_policies_inert() => Hold(Known, @case =>
    {
        ClusterNetworkPolicyManifest pass = Everything("0", "Admin", "Pass");
        World with = Plus(@case.World, pass);
        return (with, Without(with, manifest => ClusterRewrites.TierOf(manifest) == "kube-admin" && manifest != pass), @case);
    });

    [Fact]
    public void Network_policies_that_select_every_pod_make_Baseline_policies_inert() => Hold(WorldShape.ClusterAndKubernetes, @case =>
    {
        // What a pod sends to its own node is left alone by NetworkPolicy, unless that is switched off; what it sends to itself through a Service always.
        World isolated = Plus(@case.World, [.. "x y z default".Split(' ').Select(Isolation)]);
        Case judged = @case with { Choices = @case.Choices with { EgressToOwnNodeFollowsPolicy = true } };
        return (isolated, Without(isolated, manifest => ClusterRewrites.TierOf(manifest) == "kube-baseline"), judged);
    }, (flow, answer) => !MayReturn(flow, answer));

    [Fact]
    public void Accept_at_the_source_never_makes_possible_what_the_destination_denies() => Hold(WorldShape.All, @case =>
    {
        ClusterNetworkPolicyManifest accept = Everything("0", "Admin", "Accept");
        World with = Plus(@case.World, accept with { Spec = accept.Spec! with { Ingress = null } });
        return (@case.World, with, @case);
    }, same: (before, after) => !before.Contains("ingress Deny", StringComparison.Ordinal) || (after.StartsWith("deny", StringComparison.Ordinal) && after.Contains("ingress Deny", StringComparison.Ordinal)));

    // Through a Service to a pod that is, or by its address may be, the one that asked.
    private static bool MayReturn(FlowRequest flow, string answer) =>
        !answer.EndsWith("to -", StringComparison.Ordinal)
        && (!flow.From.Contains('/', StringComparison.Ordinal) || answer.EndsWith($"to {flow.From}", StringComparison.Ordinal) || answer.Contains($"to {flow.From}:", StringComparison.Ordinal));

    private static void Hold(
        WorldShape shape, Func<Case, (World One, World Other, Case Judged)> change, Func<FlowRequest, string, bool>? counts = null, Func<string, string, bool>? same = null)
    {
        Coverage coverage = new(("changed", 40), ("allowed", 20), ("denied", 20));
        Law.ForAll(Any.Plain(shape, Flows), coverage, @case =>
        {
            (World one, World other, Case judged) = change(@case);
            if (one.Manifests == other.Manifests)
            {
                return null;
            }

            coverage.Saw("changed");
            string[] before = Answers.Of(judged, Snapshot.Of(one.Manifests, judged.Choices.ToEngine()));
            string[] after = Answers.Of(judged, Snapshot.Of(other.Manifests, judged.Choices.ToEngine()));
            Answers.Note(before, coverage);
            for (int i = 0; i < before.Length; i++)
            {
                bool counted = counts is null || counts(judged.Flows[i], before[i]);
                if (counted && !(same is null ? before[i] == after[i] : same(before[i], after[i])))
                {
                    return $"{{{judged.Flows[i].Describe()}}}\n  before: {before[i]}\n  after:  {after[i]}\nafter, in:\n{other}";
                }
            }

            return null;
        });
    }

    private static Manifest WithoutRules(Manifest manifest) => manifest switch
    {
        ClusterNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Ingress = null, Egress = [] } },
        AdminNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Ingress = null, Egress = [] } },
        BaselineAdminNetworkPolicyManifest { Spec: { } spec } policy => policy with { Spec = spec with { Ingress = null, Egress = [] } },
        _ => manifest,
    };

    private static World Plus(World world, params IEnumerable<Manifest> more) => world with { Manifests = world.Manifests.Concat(more).ToEquatableArray() };

    private static World Without(World world, Func<Manifest, bool> gone) => world with { Manifests = world.Manifests.Where(manifest => !gone(manifest)).ToEquatableArray() };

    // A rule cannot say more: every pod, and on egress every address.
    private static ClusterNetworkPolicyManifest Everything(string name, string tier, string action)
    {
        ClusterPolicyPeer pods = new() { Namespaces = new LabelSelectorSpec() };
        ClusterPolicyPeer addresses = new() { Networks = ["0.0.0.0/0", "::/0"] };
        return new ClusterNetworkPolicyManifest
        {
            Metadata = new ObjectMetadata { Name = name },
            Spec = new ClusterNetworkPolicySpec
            {
                Tier = tier,
                Priority = 0,
                Subject = new ClusterPolicySubject { Namespaces = new LabelSelectorSpec() },
                Ingress = [new ClusterPolicyRule { Action = action, Peers = [pods] }],
                Egress = [new ClusterPolicyRule { Action = action, Peers = [pods, addresses] }],
            },
        };
    }

    private static NetworkPolicyManifest Isolation(string @namespace) => new()
    {
        Metadata = new ObjectMetadata { Name = "isolation", Namespace = @namespace },
        Spec = new NetworkPolicySpec { PodSelector = new LabelSelectorSpec(), PolicyTypes = ["Ingress", "Egress"] },
    };
}
