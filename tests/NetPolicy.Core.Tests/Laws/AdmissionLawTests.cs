using System.Text.Json.Nodes;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Validation;
using Xunit;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>Isolating the subject of a policy with errors fails closed, whatever the policy and the world around it.</summary>
public sealed class AdmissionLawTests
{
    private static readonly ValidationOptions Lenient = new() { CidrMode = CidrMode.Lenient };

    [Fact]
    public void Isolation_allows_nothing_that_the_policy_without_its_error_denies()
    {
        int isolated = 0, worlds = 0;
        Law.ForAll(Any.Plain(WorldShape.All, flows: 20), Law.Worlds, @case =>
        {
            Manifest[] policies = [.. @case.World.Manifests.Where(m => m.Kind.EndsWith("Policy", StringComparison.Ordinal))];
            if (policies.Length == 0)
            {
                return null;
            }

            worlds++;
            Dice dice = new(@case.World.Spelling);
            Manifest broken = dice.PickFrom(policies);
            ManifestReadResult read = ManifestReader.Read(string.Join("\n---\n", @case.World.Manifests.Select(m => ReferenceEquals(m, broken) ? Break(m, dice) : ManifestWriter.ToJson(m))), "f");
            Admission admission = Admission.Of(read, InvalidPolicyMode.IsolateSubject, Lenient);
            if (admission.IsRejected)
            {
                return null;
            }

            isolated++;
            if (!admission.SetAside.Any(s => s.Id == broken.Id && s.Treatment == SetAsideTreatment.Isolated))
            {
                return $"set aside: {string.Join(", ", admission.SetAside)}";
            }

            Snapshot sound = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine()), closed = Snapshot.Of(admission, @case.Choices.ToEngine());
            foreach (FlowRequest request in @case.Flows)
            {
                if (sound.TryResolve(request, out Flow before, out _) && closed.TryResolve(request, out Flow after, out _)
                    && closed.Evaluate(after).IsAllowed && !sound.Evaluate(before).IsAllowed)
                {
                    return $"{{{request.Describe()}}} passes only if {string.Join(", ", admission.SetAside)}";
                }
            }

            return null;
        });

        // Worlds that hold something invalid besides are rejected; they must stay the exception.
        Assert.True(worlds > 0 && isolated * 2 > worlds, $"{isolated} of {worlds} were isolated");
    }

    // One rule more, which nobody can read.
    private static string Break(Manifest policy, Dice dice)
    {
        JsonObject root = JsonNode.Parse(ManifestWriter.ToJson(policy))!.AsObject();
        JsonObject spec = root["spec"] as JsonObject ?? [];
        root["spec"] = spec;
        string direction = dice.Chance(50) ? "ingress" : "egress";
        JsonArray rules = spec[direction] as JsonArray ?? [];
        spec[direction] = rules;
        rules.Insert(dice.Below(rules.Count + 1), new JsonObject { ["unheardOf"] = 1 });
        return root.ToJsonString();
    }
}
