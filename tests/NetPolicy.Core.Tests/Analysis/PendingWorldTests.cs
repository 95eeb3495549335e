using NetPolicy.Analysis;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using Xunit;

namespace NetPolicy.Core.Tests.Analysis;

/// <summary>What staged policies would do (Calico specification §1.4, §5.5).</summary>
public sealed class PendingWorldTests
{
    private const string Pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a, labels: {app: web}}\nstatus: {podIP: 10.0.0.1}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: a}\nstatus: {podIP: 10.0.0.2}\n---\n";
    private const string Deny = "apiVersion: projectcalico.org/v3\nkind: StagedGlobalNetworkPolicy\nmetadata: {name: deny}\nspec: {selector: app == 'web'}\n---\n";

    [Fact]
    public void A_staged_denial_changes_no_verdict_and_tells_what_it_would_deny()
    {
        PendingWorld world = Load(Pods + Deny);
        PendingAnswer answer = Ask(world, "a/db", "a/web");
        Assert.True(answer.Current.IsAllowed);
        Assert.False(answer.Pending.IsAllowed);
        Assert.True(answer.ChangesVerdict);
        Assert.Equal("deny", answer.Pending.Decider.By!.Metadata.Name);
        Assert.Equal(["StagedGlobalNetworkPolicy deny"], world.Staged.Select(policy => policy.ToString()));
        SemanticDiff diff = world.Difference();
        Assert.NotEmpty(diff.Changes);
        Assert.All(diff.Changes, change => Assert.Equal("deny", change.NewAnswer!.Value.Decider.By!.Metadata.Name));
    }

    [Fact]
    public void A_flow_that_staged_policies_do_not_touch_keeps_its_decisions()
    {
        PendingAnswer answer = Ask(Load(Pods + Deny), "a/web", "a/db");
        Assert.False(answer.ChangesVerdict);
        Assert.False(answer.ChangesDecision);
    }

    [Fact]
    public void A_staged_policy_that_agrees_changes_who_decides()
    {
        PendingAnswer answer = Ask(Load(Pods + Deny.Replace("selector", "ingress: [{action: Allow}], selector", StringComparison.Ordinal)), "a/db", "a/web");
        Assert.False(answer.ChangesVerdict);
        Assert.True(answer.ChangesDecision);
    }

    [Fact]
    public void A_staged_deletion_is_told_and_changes_nothing()
    {
        PendingWorld world = Load(Pods + "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\n---\napiVersion: projectcalico.org/v3\nkind: StagedNetworkPolicy\nmetadata: {name: p, namespace: a}\nspec: {stagedAction: Delete}\n");
        Assert.Empty(world.Staged);
        Assert.Equal(["StagedNetworkPolicy a/p"], world.Deletions.Select(manifest => manifest.Id.ToString()));
        Assert.Empty(world.Difference(new DiffOptions { Ends = true }).Changes);
    }

    [Fact]
    public void A_world_without_staged_policies_is_compiled_once()
    {
        PendingWorld world = Load(Pods);
        Assert.Same(world.Current, world.Pending);
    }

    [Fact]
    public void Staged_policies_change_no_verdict() =>
        Law.ForAll(Any.Plain(WorldShape.Mixed, flows: 20), Law.Worlds, @case =>
        {
            Manifest[] manifests = [.. @case.World.Manifests];
            EngineOptions options = @case.Choices.ToEngine();
            Snapshot without = Snapshot.Of(manifests.Where(m => m is not CalicoPolicyManifest { IsStaged: true } and not StagedKubernetesNetworkPolicyManifest), options);
            PendingWorld pending = PendingWorld.Of(Snapshot.Of(manifests, options));
            foreach (FlowRequest request in @case.Flows)
            {
                if (pending.Current.TryResolve(request, out Flow flow, out _) && without.TryResolve(request, out Flow same, out _))
                {
                    string now = Agreement.Describe(pending.Current, pending.Evaluate(flow).Current), bare = Agreement.Describe(without, without.Evaluate(same));
                    if (now != bare)
                    {
                        return $"{request.Describe()}\n  with staged policies {now}\n  without {bare}";
                    }
                }
            }

            return null;
        });

    private static PendingAnswer Ask(PendingWorld world, string from, string to)
    {
        Assert.True(world.Current.TryResolve(new FlowRequest { From = from, To = to, Port = 80 }, out Flow flow, out string? error), error);
        return world.Evaluate(flow);
    }

    private static PendingWorld Load(string text)
    {
        ManifestReadResult read = ManifestReader.Read(text, "f");
        Assert.Empty(read.Diagnostics);
        return PendingWorld.Of(Snapshot.Of(read.Manifests));
    }
}
