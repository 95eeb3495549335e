using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Enforce.Tests.Scale;

/// <summary>A node of a large cluster: many pods here and elsewhere, many policies with many rules.</summary>
internal static class LargeNode
{
    public const string Node = "node1";
    private const int Apps = 100;
    private const int Teams = 100;
    private const uint FirstAddress = (10u << 24) + (1u << 16);

    /// <summary>The documents.</summary>
    /// <param name="local">Pods on the node.</param>
    /// <param name="remote">Pods elsewhere.</param>
    /// <param name="policies">Policies; each selects one app of a hundred.</param>
    /// <param name="rules">Rules of each; each allows the pods of ten teams of a hundred on one port.</param>
    public static IEnumerable<Manifest> Documents(int local, int remote, int policies, int rules)
    {
        yield return new NamespaceManifest { Metadata = Named("shop", null) };
        yield return new NodeManifest { Metadata = Named(Node, null), Addresses = ["192.0.2.1"], PodCidrs = ["10.0.0.0/16"] };
        yield return new NodeManifest { Metadata = Named("node2", null), Addresses = ["192.0.2.2"], PodCidrs = ["10.1.0.0/16"] };
        for (int i = 0; i < local; i++)
        {
            yield return LocalPod(i, (int)(i / (local / 25.0)));
        }

        for (int i = 0; i < remote; i++)
        {
            yield return Remote(i);
        }

        for (int i = 0; i < policies; i++)
        {
            yield return Policy(i, rules);
        }
    }

    /// <summary>A pod on the node.</summary>
    public static PodManifest LocalPod(int index, int app) => Pod(index, app, Node, (10u << 24) + 10 + (uint)index);

    /// <summary>A pod elsewhere.</summary>
    public static PodManifest Remote(int index, int? team = null) => Pod(1_000_000 + index, team ?? index, "node2", FirstAddress + (uint)index);

    /// <summary>A policy.</summary>
    public static NetworkPolicyManifest Policy(int index, int rules, int firstPort = 8000) => new()
    {
        Metadata = Named(Text($"policy{index}"), "shop"),
        Spec = new NetworkPolicySpec
        {
            PodSelector = new LabelSelectorSpec { MatchLabels = Labels(("app", Text($"app{index % Apps}"))) },
            PolicyTypes = ["Ingress"],
            Ingress =
            [
                .. Enumerable.Range(0, rules).Select(r => new NetworkPolicyRule
                {
                    Peers = [new NetworkPolicyPeer { PodSelector = Teams10(((index * 7) + (r * 13)) % Teams) }],
                    Ports = [new NetworkPolicyPort { Protocol = "TCP", Port = IntOrString.Of(firstPort + (((index * rules) + r) % 15)) }],
                }),
            ],
        },
    };

    private static PodManifest Pod(int index, int app, string node, uint address) => new()
    {
        Metadata = Named(Text($"pod{index}"), "shop") with { Labels = Labels(("app", Text($"app{app % Apps}")), ("team", Text($"team{app % Teams}"))) },
        Spec = new PodSpec { NodeName = node },
        Phase = "Running",
        Addresses = [IpAddress.FromIPv4(address).ToString()],
    };

    private static LabelSelectorSpec Teams10(int first) => new()
    {
        MatchExpressions = [new LabelRequirement { Key = "team", Operator = "In", Values = [.. Enumerable.Range(first, 10).Select(t => Text($"team{t % Teams}"))] }],
    };

    private static ObjectMetadata Named(string name, string? @namespace) => ObjectMetadata.Empty with { Name = name, Namespace = @namespace };

    private static EquatableMap<string> Labels(params (string Key, string Value)[] labels) => new(labels.Select(l => KeyValuePair.Create(l.Key, l.Value)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
