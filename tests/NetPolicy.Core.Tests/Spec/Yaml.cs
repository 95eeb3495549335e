using System.Globalization;

namespace NetPolicy.Spec.Tests;

/// <summary>Short ways to write the documents of a small world.</summary>
internal static class Yaml
{
    public static SpecWorld World(params string[] documents) => SpecWorld.Load(documents);

    public static string Namespace(string name, string labels = "") =>
        $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}";

    public static string Node(string name, string address, string? interfaces = null) =>
        $$"""
        apiVersion: v1
        kind: Node
        metadata:
          name: {{name}}
          annotations: {{(interfaces is null ? "{}" : "{netpol/interfaces: '" + interfaces + "'}")}}
        status: {addresses: [{type: InternalIP, address: {{address}}}]}
        """;

    public static string Pod(string id, string labels, string ip, string node = "node1", string ports = "", string account = "", string spec = "")
    {
        string[] parts = id.Split('/');
        string addresses = string.Join(", ", ip.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => $"{{ip: '{a}'}}"));
        string accountField = account.Length > 0 ? $"serviceAccountName: {account}, " : "";
        return string.Join('\n',
            "apiVersion: v1",
            "kind: Pod",
            $"metadata: {{name: {parts[1]}, namespace: {parts[0]}, labels: {{{labels}}}}}",
            $"spec: {{nodeName: {node}, {accountField}{spec} containers: [{{name: main, ports: [{ports}]}}]}}",
            $"status: {{phase: Running, podIPs: [{addresses}]}}");
    }

    public static string Service(string id, string selector, string ports, string clusterIP = "", string more = "")
    {
        string[] parts = id.Split('/');
        string address = clusterIP.Length > 0 ? $"clusterIP: {clusterIP}, " : "";
        return string.Join('\n',
            "apiVersion: v1",
            "kind: Service",
            $"metadata: {{name: {parts[1]}, namespace: {parts[0]}}}",
            $"spec: {{selector: {{{selector}}}, ports: [{ports}], {address}{more}}}");
    }

    /// <summary>A Kubernetes NetworkPolicy; the spec in flow style, without braces.</summary>
    public static string Policy(string id, string spec) => Object("networking.k8s.io/v1", "NetworkPolicy", id, spec);

    /// <summary>A Calico object of any kind; the spec in flow style, without braces.</summary>
    public static string Calico(string kind, string id, string spec, string labels = "") =>
        Object("projectcalico.org/v3", kind, id, spec, labels);

    /// <summary>A cluster policy of any kind; the spec in flow style, without braces.</summary>
    public static string ClusterPolicy(string kind, string name, string spec) =>
        Object("policy.networking.k8s.io/" + (kind == "ClusterNetworkPolicy" ? "v1alpha2" : "v1alpha1"), kind, name, spec);

    private static string Object(string version, string kind, string id, string spec, string labels = "")
    {
        string[] parts = id.Split('/');
        string ns = parts.Length == 2 ? string.Create(CultureInfo.InvariantCulture, $", namespace: {parts[0]}") : "";
        return $"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {parts[^1]}{ns}, labels: {{{labels}}}}}\nspec: {{{spec.ReplaceLineEndings("\n ")}}}";
    }

    public static bool Allows(this SpecWorld world, string from, string to, int? port = 80, string protocol = "TCP") =>
        world.Evaluate(new SpecFlow(from, to, protocol, port)).Allowed;
}
