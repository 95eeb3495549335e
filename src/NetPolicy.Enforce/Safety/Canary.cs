using System.Globalization;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Enforce.Safety;

/// <summary>
/// Asks this machine's kernel whether policy bites: network namespaces of its own for a node and two pods, one policy that allows one port, and a packet for each of two
/// ports. Says that the kernel does what rules say, not that packets of the machine meet them.
/// </summary>
public static class Canary
{
    private const string World = """
        apiVersion: v1
        kind: Node
        metadata: {name: canary}
        status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: from, namespace: canary, labels: {app: from}}
        spec: {nodeName: canary, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 198.51.100.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: to, namespace: canary, labels: {app: to}}
        spec: {nodeName: canary, containers: [{name: c}]}
        status: {phase: Running, podIPs: [{ip: 198.51.100.2}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: canary, namespace: canary}
        spec:
          podSelector: {matchLabels: {app: to}}
          ingress: [{from: [{podSelector: {matchLabels: {app: from}}}], ports: [{port: 80}]}]

        """;

    /// <summary>Builds, sends, and takes away. Nothing of the machine's own network is touched.</summary>
    /// <exception cref="LabException">The machine cannot make network namespaces: the message says what is missing.</exception>
    public static CanaryResult Send()
    {
        LabSupport support = LabSupport.Check();
        if (!support.IsAvailable)
        {
            throw new LabException(support.Reason);
        }

        FlowRequest[] flows = [.. ((int[])[80, 81]).Select(port => new FlowRequest { From = "canary/from", To = "canary/to", Port = port })];
        LabComparison comparison = LabComparison.Run(
            Snapshot.Of(ManifestReader.Read(World, "canary").Manifests), flows, new LabComparisonOptions { Means = LabMeans.Packets });
        bool allowed = comparison.Rows[0].Packets is { Verdict: Verdict.Allow };
        bool denied = comparison.Rows[1].Packets is { Verdict: Verdict.Deny };
        return new CanaryResult(allowed && denied, string.Create(
            CultureInfo.InvariantCulture,
            $"the packet that a policy allows {(allowed ? "arrived" : "was lost")}, the one that it denies {(denied ? "was dropped" : "arrived")}: policy {(allowed && denied ? "bites" : "does not bite")} on this kernel"));
    }
}
