using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Laws.Worlds;

/// <content>Kubernetes NetworkPolicies: every field, absent, empty and filled.</content>
internal sealed partial class WorldMaker
{
    private NetworkPolicyManifest KubernetesPolicy() => new()
    {
        Metadata = Metadata(dice.Pick("p", "q", "foo", "foo-bar", "foo1"), dice.PickFrom(_namespaces), null),
        Spec = dice.Chance(3) ? null : KubernetesSpec(),
    };

    private StagedKubernetesNetworkPolicyManifest StagedKubernetesPolicy()
    {
        string? action = dice.Pick(null, "Set", "Learn", "Ignore", "Delete");
        return new StagedKubernetesNetworkPolicyManifest
        {
            Metadata = Metadata(dice.Pick("p", "q", "foo"), dice.PickFrom(_namespaces), null),
            Spec = action == "Delete" ? new NetworkPolicySpec() : KubernetesSpec(),
            StagedAction = action,
        };
    }

    private NetworkPolicySpec KubernetesSpec()
    {
        EquatableArray<NetworkPolicyRule>? ingress = KubernetesRules();
        EquatableArray<NetworkPolicyRule>? egress = KubernetesRules();
        return new NetworkPolicySpec
        {
            PodSelector = dice.Chance(40) ? LabelSelectorOrAll() : LabelSelector(),
            Ingress = ingress,
            Egress = egress,
            PolicyTypes = dice.Weighted<EquatableArray<string>?>(
                (35, null), (5, []), (12, ["Ingress"]), (18, ["Egress"]), (25, ["Ingress", "Egress"]), (5, ["Egress", "Egress"])),
        };
    }

    private EquatableArray<NetworkPolicyRule>? KubernetesRules() => dice.Weighted(
        (20, 0), (8, 1), (45, 2), (22, 3), (5, 4)) switch
    {
        0 => null,
        int count => dice.Many(count - 1, count - 1, KubernetesRule).ToEquatableArray(),
    };

    private NetworkPolicyRule KubernetesRule() => new()
    {
        Peers = dice.Weighted((18, 0), (7, 1), (50, 2), (25, 3)) switch
        {
            0 => null,
            int count => dice.Many(count - 1, count - 1, KubernetesPeer).ToEquatableArray(),
        },
        Ports = dice.Weighted((25, 0), (7, 1), (43, 2), (25, 3)) switch
        {
            0 => null,
            int count => dice.Many(count - 1, count - 1, KubernetesPort).ToEquatableArray(),
        },
    };

    private NetworkPolicyPeer KubernetesPeer() => dice.Weighted((25, 0), (25, 1), (20, 2), (30, 3)) switch
    {
        0 => new NetworkPolicyPeer { PodSelector = LabelSelector() },
        1 => new NetworkPolicyPeer { NamespaceSelector = NamespaceSelector() },
        2 => new NetworkPolicyPeer { PodSelector = LabelSelector(), NamespaceSelector = NamespaceSelector() },
        _ => new NetworkPolicyPeer { IpBlock = Block() },
    };

    // No block twice: what a staged policy becomes must not name one twice.
    private IpBlockSpec Block()
    {
        string cidr = dice.PickFrom(Prefixes.Of(dice.Chance(70) ? 4 : 6));
        string[] inside = [.. Prefixes.Of(cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4).Where(block => Prefixes.IsStrictlyInside(block, cidr))];
        return new IpBlockSpec
        {
            Cidr = cidr,
            Except = inside.Length == 0 || dice.Chance(60)
                ? dice.Chance(15) ? [] : null
                : dice.Many(1, 2, () => dice.PickFrom(inside)).Distinct().ToEquatableArray(),
        };
    }

    private NetworkPolicyPort KubernetesPort()
    {
        string? protocol = dice.Weighted((45, null), (20, "TCP"), (22, "UDP"), (13, "SCTP"));
        int first = dice.PickFrom(PortNumbers);
        return dice.Weighted((15, 0), (32, 1), (22, 2), (31, 3)) switch
        {
            0 => new NetworkPolicyPort { Protocol = protocol },
            1 => new NetworkPolicyPort { Protocol = protocol, Port = IntOrString.Of(first) },
            2 => new NetworkPolicyPort { Protocol = protocol, Port = IntOrString.Of(first), EndPort = dice.Pick(first, first + 1, Math.Max(first, 81), Math.Max(first, 8080), 65535) },
            _ => new NetworkPolicyPort { Protocol = protocol, Port = IntOrString.Of(dice.PickFrom(PortNames)) },
        };
    }

    private LabelSelectorSpec? LabelSelectorOrAll() => dice.Pick<LabelSelectorSpec?>(
        null, new LabelSelectorSpec(), new LabelSelectorSpec { MatchLabels = Map(), MatchExpressions = [] });

    // Labels that a pod has, or any.
    private (string Key, string Value) Label()
    {
        (string Key, string Value)[] held = [.. (dice.PickFrom(_pods).Metadata.Labels ?? default).Select(l => (l.Key, l.Value))];
        return held.Length > 0 && dice.Chance(60) ? dice.PickFrom(held) : (dice.PickFrom(Keys), dice.PickFrom(Values));
    }

    private LabelSelectorSpec LabelSelector() => dice.Weighted((15, 0), (40, 1), (35, 2), (10, 3)) switch
    {
        0 => LabelSelectorOrAll() ?? new LabelSelectorSpec(),
        1 => new LabelSelectorSpec { MatchLabels = Map(Label()) },
        2 => new LabelSelectorSpec { MatchExpressions = dice.Many(1, 2, () => Requirement(Keys, Values)).ToEquatableArray() },
        _ => new LabelSelectorSpec { MatchLabels = Map(Label()), MatchExpressions = [Requirement(Keys, Values)] },
    };

    private LabelSelectorSpec NamespaceSelector() => dice.Chance(25)
        ? dice.Chance(50)
            ? new LabelSelectorSpec { MatchLabels = Map(("kubernetes.io/metadata.name", dice.PickFrom(_namespaces))) }
            : new LabelSelectorSpec { MatchExpressions = [Requirement(["kubernetes.io/metadata.name"], [.. _namespaces])] }
        : LabelSelector();

    private LabelRequirement Requirement(string[] keys, string[] values)
    {
        string @operator = dice.Pick("In", "NotIn", "Exists", "DoesNotExist");
        return new LabelRequirement
        {
            Key = dice.PickFrom(keys),
            Operator = @operator,
            Values = @operator is "In" or "NotIn" ? dice.Many(1, 2, () => dice.PickFrom(values)).ToEquatableArray() : dice.Chance(15) ? new EquatableArray<string>() : null,
        };
    }
}
