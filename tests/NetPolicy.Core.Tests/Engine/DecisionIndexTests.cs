using System.Globalization;
using System.Text;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>What small worlds do not reach: selectors of very many classes, programs of very many parts, and indexes that are handed on from change to change.</summary>
public sealed class DecisionIndexTests
{
    private const int Pods = 1_300;

    [Fact]
    public void A_selector_of_very_many_classes_answers_as_its_rules_do_while_classes_come_and_go()
    {
        PolicyEngine engine = new();
        engine.Apply(ManifestReader.Read(World(), "world").Manifests.Select(m => new Change.Upsert(m)));
        Check(engine.Current);
        for (int step = 0; step < 6; step++)
        {
            // A label of its own moves on, one pod falls out of the selector of all and comes back, the number of classes crosses the bound.
            List<Change> batch = [new Change.Upsert(Pod(step * 7, $"app: a{step + 40}, kind: x"))];
            for (int i = 0; i < 400; i++)
            {
                batch.Add(new Change.Upsert(Pod(200 + i, step % 2 == 0 ? $"own: o{i}" : $"app: a{200 + i}")));
            }

            Snapshot before = engine.Current;
            engine.Apply(batch);
            Check(engine.Current);
            Check(before);
        }
    }

    private static void Check(Snapshot snapshot)
    {
        Random random = new(snapshot.Cluster.SelectableSlots);
        Flow[] flows = new Flow[600];
        for (int i = 0; i < flows.Length; i++)
        {
            // Few destinations, so that their tables are made and asked again.
            flows[i] = new Flow
            {
                Source = i % 9 == 0 ? End(snapshot, "203.0.113.9") : End(snapshot, $"x/p{random.Next(Pods)}"),
                Destination = End(snapshot, $"x/p{random.Next(4)}"),
                Protocol = Protocol.Tcp,
                Port = (ushort)(79 + random.Next(4)),
            };
        }

        Evaluation[] answers = new Evaluation[flows.Length];
        for (int round = 0; round < 2; round++)
        {
            snapshot.Evaluate(flows, answers);
            for (int i = 0; i < flows.Length; i++)
            {
                PlainWalk walk = default;
                Assert.Equal(snapshot.Evaluate(flows[i], ref walk), answers[i]);
            }
        }

        Assert.Contains(answers, a => a.IsAllowed);
        Assert.Contains(answers, a => !a.IsAllowed);
    }

    private static FlowEnd End(Snapshot snapshot, string text)
    {
        Assert.True(snapshot.TryResolve(text, out FlowEnd end, out string? error), error);
        return end;
    }

    private static Manifest Pod(int i, string labels) => ManifestReader.Read(PodText(i, labels), "pod").Manifests.Single();

    private static string PodText(int i, string labels) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: p{{i}}, namespace: x, labels: { {{labels}} } }
        status: {phase: Running, podIP: 10.0.{{i / 250}}.{{(i % 250) + 1}}}

        """);

    // Each pod is told apart from all others by a policy of its own.
    private static string World()
    {
        StringBuilder text = new("""
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: all, namespace: x}
            spec:
              selector: kind != 'x'
              ingress:
              - {action: Deny, source: {selector: app == 'a3'}}
              - {action: Allow, protocol: TCP, source: {selector: has(app)}, destination: {ports: [80]}}
              - {action: Allow, protocol: TCP, source: {notSelector: has(app)}, destination: {ports: [81]}}

            """);
        for (int i = 0; i < Pods; i++)
        {
            text.Append("---\n").Append(PodText(i, $"app: a{i}")).Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: projectcalico.org/v3
                kind: StagedNetworkPolicy
                metadata: {name: p{{i}}, namespace: x}
                spec: {selector: app == 'a{{i}}', types: [Egress]}

                """);
        }

        return text.ToString();
    }
}
