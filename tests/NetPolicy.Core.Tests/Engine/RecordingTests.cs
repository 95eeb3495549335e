using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using Xunit;

namespace NetPolicy.Core.Tests.Engine;

/// <summary>What an evaluation tells who listens to it: each attempt, each stage with its interface, each decision without a stage.</summary>
public sealed class RecordingTests
{
    // The pod that answers has the first place of all.
    private const string World = """
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: a, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.2}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: web, namespace: a}, spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{port: 80, targetPort: 8080}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: empty, namespace: a}, spec: {selector: {app: ghost}, clusterIP: 10.96.0.2, ports: [{port: 80}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: every}, spec: {node: n1, interfaceName: '*', profiles: [projectcalico-default-allow]}}

        """;

    [Fact]
    public void A_pod_on_its_way_to_a_neighbour_meets_the_stages_of_workload_interfaces() => Assert.Equal(
        [
            "a/db to a/web at 8080",
            "every PreDnat Ingress (workload)", "every Forward Ingress (workload)", "db Normal Egress", "web Normal Ingress", "every Forward Egress (workload)",
        ],
        Listen("a/db", "svc:a/web"));

    [Fact]
    public void A_pod_on_its_way_back_to_itself_meets_only_the_stage_before_translation() => Assert.Equal(
        ["a/web to a/web at 8080", "every PreDnat Ingress (workload)", "Self None"], Listen("a/web", "svc:a/web"));

    [Fact]
    public void A_pod_that_dials_itself_makes_no_attempt() => Assert.Equal(["Self None"], Listen("a/web", "a/web"));

    [Fact]
    public void A_node_on_its_way_to_its_own_pod_makes_no_attempt() => Assert.Equal(["OwnNode None"], Listen("host:n1", "10.0.0.1"));

    [Fact]
    public void What_no_Service_answers_makes_no_attempt() => Assert.Equal(["Unreachable None"], Listen("a/db", "svc:a/web", 81));

    [Fact]
    public void A_Service_without_backends_makes_no_attempt() => Assert.Equal(["Unreachable None"], Listen("a/db", "svc:a/empty"));

    [Fact]
    public void A_failsafe_port_of_a_node_is_decided_without_a_stage() => Assert.Equal(["203.0.113.9 to host:n1", "Failsafe Allow"], Listen("203.0.113.9", "host:n1", 22));

    [Fact]
    public void A_node_on_its_way_out_is_called_by_its_name() => Assert.Equal(["host:n1 to 203.0.113.9", "every Normal Egress"], Listen("host:n1", "203.0.113.9"));

    private static List<string> Listen(string from, string to, int port = 80)
    {
        Listener listener = new();
        Snapshot snapshot = Snapshot.Of(Question.Read(World));
        Flow flow = snapshot.Flow(from, to, port);
        Evaluation answer = snapshot.Evaluate(flow, ref listener);
        Assert.Equal(snapshot.Evaluate(flow), answer);
        return listener.Heard;
    }

    private sealed class Listener : IEvaluationRecorder
    {
        public List<string> Heard { get; } = [];

        public bool IsRecording => true;

        public void BeginAttempt(string source, string destination, Backend? backend) =>
            Heard.Add(backend is { } end ? $"{source} to {destination} at {end.Port}" : $"{source} to {destination}");

        public void BeginStage(Endpoint endpoint, PolicyStage stage, Direction direction, string? interfaceName) =>
            Heard.Add($"{endpoint.Source!.Metadata.Name} {stage} {direction} {interfaceName}".TrimEnd());

        public void Tier(Tier tier)
        {
        }

        public void Policy(Policy policy, bool isEnforced)
        {
        }

        public void Profile(string name, Profile? profile)
        {
        }

        public void Rule(Rule rule, bool matched)
        {
        }

        public void EndStage(in EndDecision decision)
        {
        }

        public void Decided(in EndDecision decision) => Heard.Add($"{decision.Reason} {decision.Verdict}");
    }
}
