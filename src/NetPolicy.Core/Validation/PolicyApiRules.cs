using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Manifests.PolicyApi;
using NetPolicy.Policies;

namespace NetPolicy.Validation;

/// <summary>What all kinds of <c>policy.networking.k8s.io</c> have in common: subjects and peers (cluster policy specification §2.1, §2.2, §2.5).</summary>
internal static class PolicyApiRules
{
    private const int MaxRuleName = 100;
    private const int MaxNetworkLength = 43;
    private const int MaxItems = 25;

    public static void CheckPriority(int? priority, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec").Child("priority");
        if (priority is not { } number)
        {
            Require(path, "0 to 1000", context);
        }
        else if (number is < 0 or > 1000)
        {
            context.Add(Findings.PriorityOutOfRange, path, Cause.Invalid, $"priority `{number}` is out of range, expected 0 to 1000");
        }
    }

    /// <param name="subject">The subject.</param>
    /// <param name="needsNamespaces">True for v1alpha1, which has no default for a pod selector's namespaces.</param>
    /// <param name="context">Where findings go.</param>
    public static void CheckSubject(ClusterPolicySubject? subject, bool needsNamespaces, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec").Child("subject");
        if (subject is null)
        {
            Require(path, "`namespaces` or `pods`", context);
            return;
        }

        const string Consequence = "allowing rules allow nobody, denying ones speak of every pod";
        CheckUnion(path, "subject", ["namespaces", "pods"], [subject.Namespaces is not null, subject.Pods is not null], context);
        CheckSelector(subject.Namespaces, path.Child("namespaces"), Consequence, context);
        CheckPods(subject.Pods, path.Child("pods"), needsNamespaces, Consequence, context);
    }

    /// <summary>Name and action of a rule.</summary>
    public static void CheckRule(string? name, string? action, string[] actions, FieldPath path, ValidationContext context)
    {
        if (name is { Length: > MaxRuleName })
        {
            context.Add(Findings.ClusterTextTooLong, path.Child("name"), Cause.TooLong, $"rule name has {name.Length} characters, expected at most {MaxRuleName}");
        }

        string expected = $"`{string.Join("`, `", actions[..^1])}` or `{actions[^1]}`";
        if (action is null)
        {
            Require(path.Child("action"), expected, context);
        }
        else if (!actions.Contains(action))
        {
            context.Add(Findings.InvalidClusterAction, path.Child("action"), Cause.NotSupported, $"action `{ScalarNode.Shorten(action)}` is unknown, expected {expected}");
        }
    }

    public static void CheckPeers(EquatableArray<ClusterPolicyPeer>? peers, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        if (peers is not { } list)
        {
            Require(path, "at least one peer", context);
            return;
        }

        CheckCount(list.Count, rule.MaxPeers, path, "peers", context);
        for (int i = 0; i < list.Count; i++)
        {
            CheckPeer(list[i], path.At(i), rule, context);
        }
    }

    /// <summary>Peers that are addresses know no container and so no name of a port.</summary>
    public static void CheckNames(EquatableArray<ClusterPolicyPeer>? peers, bool hasNamedPort, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        if (hasNamedPort && rule.Direction == Direction.Egress && (peers ?? default).Any(p => p.Nodes is not null || p.Networks is not null || p.DomainNames is not null))
        {
            context.Add(
                Findings.NamedPortWithAddresses,
                path,
                Cause.Invalid,
                "rule has a named port and a peer of `networks`, `nodes` or `domainNames`, expected numbers: only pods have names for ports");
        }
    }

    public static void CheckPort(int? port, FieldPath path, ValidationContext context)
    {
        if (port is not { } number)
        {
            Require(path, "1 to 65535", context);
        }
        else if (number is < 1 or > 65535)
        {
            context.Add(Findings.ClusterPortOutOfRange, path, Cause.Invalid, $"port `{number}` is out of range, expected 1 to 65535");
        }
    }

    public static void CheckPortName(string name, FieldPath path, ValidationContext context)
    {
        if (NameSyntax.PortName(name).FirstOrDefault() is { } fault)
        {
            context.Add(Findings.ClusterPortName, path, Cause.Invalid, $"port name `{ScalarNode.Shorten(name)}` {fault}; it matches no port");
        }
    }

    /// <summary>At most so many, and at least one.</summary>
    public static void CheckCount(int count, int most, FieldPath path, string what, ValidationContext context)
    {
        if (count == 0)
        {
            context.Add(Findings.ClusterListEmpty, path, Cause.Invalid, $"list of {what} is empty, expected at least one");
        }

        CheckMost(count, most, path, what, context);
    }

    public static void CheckMost(int count, int most, FieldPath path, string what, ValidationContext context)
    {
        if (count > most)
        {
            context.Add(Findings.ClusterListTooLong, path, Cause.TooMany, $"found {count} {what}, expected at most {most}");
        }
    }

    /// <summary>Exactly one of some fields.</summary>
    public static void CheckUnion(FieldPath path, string what, string[] fields, bool[] areSet, ValidationContext context)
    {
        string[] found = [.. fields.Where((_, i) => areSet[i])];
        if (found.Length == 0)
        {
            string expected = fields.Length == 1 ? $"`{fields[0]}`" : $"one of {string.Join(", ", fields.Select(f => $"`{f}`"))}";
            context.Add(Findings.EntryWithoutField, path, Cause.Invalid, $"{what} has no field, expected {expected}");
        }
        else if (found.Length > 1)
        {
            context.Add(Findings.EntryOfTwoSorts, path, Cause.TooMany, $"{what} has {string.Join(" and ", found.Select(f => $"`{f}`"))}, expected one of them");
        }
    }

    public static void Require(FieldPath path, string expected, ValidationContext context) =>
        context.Add(Findings.ClusterFieldRequired, path, Cause.Required, $"`{path.Name}` is missing, expected {expected}");

    private static void CheckPeer(ClusterPolicyPeer peer, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        bool isEgress = rule.Direction == Direction.Egress, hasNames = isEgress && rule.HasDomainNames;
        string[] fields = hasNames ? ["namespaces", "pods", "nodes", "networks", "domainNames"]
            : isEgress ? ["namespaces", "pods", "nodes", "networks"]
            : ["namespaces", "pods"];
        bool[] areSet = [peer.Namespaces is not null, peer.Pods is not null, peer.Nodes is not null, peer.Networks is not null, peer.DomainNames is not null];
        CheckUnion(path, "peer", fields, areSet[..fields.Length], context);
        CheckSelector(peer.Namespaces, path.Child("namespaces"), rule.Consequence, context);
        CheckPods(peer.Pods, path.Child("pods"), rule.NeedsNamespaces, rule.Consequence, context);
        if (isEgress)
        {
            CheckSelector(peer.Nodes, path.Child("nodes"), rule.Consequence, context);
            CheckNetworks(peer.Networks, path.Child("networks"), context);
        }

        if (hasNames)
        {
            CheckDomainNames(peer.DomainNames, path.Child("domainNames"), rule, context);
        }
    }

    private static void CheckPods(NamespacedPodSelector? pods, FieldPath path, bool needsNamespaces, string consequence, ValidationContext context)
    {
        if (pods is null)
        {
            return;
        }

        if (pods.PodSelector is null)
        {
            Require(path.Child("podSelector"), "a label selector; `{}` is every pod", context);
        }

        if (pods.NamespaceSelector is null && needsNamespaces)
        {
            Require(path.Child("namespaceSelector"), "a label selector; `{}` is every namespace", context);
        }

        CheckSelector(pods.NamespaceSelector, path.Child("namespaceSelector"), consequence, context);
        CheckSelector(pods.PodSelector, path.Child("podSelector"), consequence, context);
    }

    // The schema demands key and operator of a requirement, and looks at nothing else.
    private static void CheckSelector(LabelSelectorSpec? selector, FieldPath path, string consequence, ValidationContext context)
    {
        if (selector is null)
        {
            return;
        }

        EquatableArray<LabelRequirement> requirements = selector.MatchExpressions ?? [];
        bool isComplete = true;
        for (int i = 0; i < requirements.Count; i++)
        {
            FieldPath entry = path.Child("matchExpressions").At(i);
            if (requirements[i].Key is null)
            {
                Require(entry.Child("key"), "a label key", context);
                isComplete = false;
            }

            if (requirements[i].Operator is null)
            {
                Require(entry.Child("operator"), "`In`, `NotIn`, `Exists` or `DoesNotExist`", context);
                isComplete = false;
            }
        }

        if (isComplete)
        {
            foreach ((FieldPath at, string fault) in LabelSelectorRules.Faults(selector, path))
            {
                context.Add(Findings.SelectorFailsClosed, at, Cause.Invalid, $"{fault}; {consequence}");
            }
        }
    }

    private static void CheckNetworks(EquatableArray<string>? networks, FieldPath path, ValidationContext context)
    {
        if (networks is not { } list)
        {
            return;
        }

        CheckCount(list.Count, MaxItems, path, "networks", context);
        ListRules.CheckUnique(list, path, context);
        for (int i = 0; i < list.Count; i++)
        {
            CheckNetwork(list[i], path.At(i), context);
        }
    }

    private static void CheckNetwork(string text, FieldPath path, ValidationContext context)
    {
        string shown = ScalarNode.Shorten(text);
        if (text.Length > MaxNetworkLength)
        {
            context.Add(Findings.ClusterTextTooLong, path, Cause.TooLong, $"network `{shown}` has {text.Length} characters, expected at most {MaxNetworkLength}");
        }

        CidrFault fault = IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix prefix);
        switch (fault)
        {
            case CidrFault.None:
                break;
            case CidrFault.HostBits:
                context.Add(Findings.NetworkHostBits, path, Cause.Invalid, $"`{shown}` {CidrText.Complaint(fault)}; it means `{prefix}`");
                break;
            case CidrFault.NoLength or CidrFault.NotCidr or CidrFault.LeadingZeros or CidrFault.MappedAddress:
                context.Add(Findings.InvalidClusterNetwork, path, Cause.Invalid, $"`{shown}` {CidrText.Complaint(fault)}, expected CIDR text such as `10.0.0.0/8`");
                break;
            default:
                throw new InvalidOperationException($"unknown fault {fault}");
        }
    }

    private static void CheckDomainNames(EquatableArray<string>? names, FieldPath path, in PolicyApiRule rule, ValidationContext context)
    {
        if (names is not { } list)
        {
            return;
        }

        CheckCount(list.Count, MaxItems, path, "domain names", context);
        ListRules.CheckUnique(list, path, context);
        for (int i = 0; i < list.Count; i++)
        {
            if (!DomainNameSyntax.IsPattern(list[i]))
            {
                context.Add(
                    Findings.InvalidDomainName,
                    path.At(i),
                    Cause.Invalid,
                    $"`{ScalarNode.Shorten(list[i])}` is no domain name, expected for example `example.io` or `*.example.io`");
            }
        }

        if (rule.Action is { } action && !rule.Allows)
        {
            context.Add(
                Findings.DomainNameFailsClosed, path, Cause.Invalid, $"domain names are for rules that allow, and this one says `{ScalarNode.Shorten(action)}`; {rule.Consequence}");
        }
    }
}
