namespace NetPolicy.Spec;

/// <summary>
/// An AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy (Cluster 1, 3 to 5). It is in tier <c>kube-admin</c> or
/// <c>kube-baseline</c>, its order being its priority (Calico 6.2, 6.3).
/// </summary>
internal sealed class ClusterPolicySpec : SpecPolicy
{
    private readonly ClusterPodsSpec subject;
    private readonly List<ClusterRuleSpec> ingress;
    private readonly List<ClusterRuleSpec> egress;

    private ClusterPolicySpec(SpecInventory inventory, DomainNameSpec domainNames, SpecDocument document)
    {
        SpecNode spec = document.Spec;
        ClusterDialect dialect = ClusterDialect.Of(document.Kind);
        subject = ClusterPodsSpec.Read(inventory, spec["subject"]) ?? throw new FormatException($"{document.Kind} `{document.Name}` has no readable subject");
        ingress = [.. spec["ingress"].Items.Select(rule => ClusterRuleSpec.Read(inventory, domainNames, dialect, rule, SpecDirection.Ingress))];
        egress = [.. spec["egress"].Items.Select(rule => ClusterRuleSpec.Read(inventory, domainNames, dialect, rule, SpecDirection.Egress))];
    }

    public override bool IsCluster => true;

    public static ClusterPolicySpec Read(SpecInventory inventory, DomainNameSpec domainNames, SpecDocument document)
    {
        List<SpecDirection> types = [];
        foreach ((string field, SpecDirection direction) in (ReadOnlySpan<(string, SpecDirection)>)[("ingress", SpecDirection.Ingress), ("egress", SpecDirection.Egress)])
        {
            // 1: a policy with no rules for a direction does not affect that direction.
            if (document.Spec[field].Items.Count > 0)
            {
                types.Add(direction);
            }
        }

        return new ClusterPolicySpec(inventory, domainNames, document)
        {
            Kind = document.Kind,
            SortKind = "Kubernetes" + document.Kind,
            Name = document.Name,
            Tier = ReadTier(document),
            Order = ReadPriority(document),
            Types = types,
        };
    }

    /// <summary>Cluster 1, steps 1 and 3; 5, <c>spec.tier</c>.</summary>
    private static string ReadTier(SpecDocument document) => (document.Kind, document.Spec["tier"].Text) switch
    {
        ("AdminNetworkPolicy", _) => "kube-admin",
        ("BaselineAdminNetworkPolicy", _) => "kube-baseline",
        (_, "Admin") => "kube-admin",
        (_, "Baseline") => "kube-baseline",
        (_, var tier) => throw new FormatException($"`{tier}` is not a tier of ClusterNetworkPolicy"),
    };

    /// <summary>Cluster 1.1: lower is asked first; the BaselineAdminNetworkPolicy has none.</summary>
    private static double ReadPriority(SpecDocument document) => document.Kind == "BaselineAdminNetworkPolicy"
        ? double.PositiveInfinity
        : document.Spec["priority"].Integer() ?? throw new FormatException($"{document.Kind} `{document.Name}` has no priority");

    /// <summary>Cluster 2.1; 1.3: hostNetwork pods are never subjects.</summary>
    public override bool AppliesTo(SpecSubject subject) => subject is SpecEndpoint pod && this.subject.Matches(pod);

    /// <summary>Cluster 1: the rules of this direction in written order, the first matching one.</summary>
    public override (SpecAction Action, int Index)? FirstMatch(SpecDirection direction, SpecPacket packet, SpecTrace trace)
    {
        List<ClusterRuleSpec> rules = direction == SpecDirection.Ingress ? ingress : egress;
        for (int index = 0; index < rules.Count; index++)
        {
            if (rules[index].Match(packet, trace) is { } action)
            {
                trace.Add("subject:" + subject.Shape);
                trace.Add("tier:" + Tier);
                return (action, index);
            }
        }

        return null;
    }
}

/// <summary>What the versions and kinds call things (Cluster 3 to 5).</summary>
internal sealed record ClusterDialect(bool IsAlpha1, bool HasPass, bool HasDomainNames)
{
    public static ClusterDialect Of(string kind) => kind switch
    {
        "AdminNetworkPolicy" => new ClusterDialect(IsAlpha1: true, HasPass: true, HasDomainNames: true),
        "BaselineAdminNetworkPolicy" => new ClusterDialect(IsAlpha1: true, HasPass: false, HasDomainNames: false),
        "ClusterNetworkPolicy" => new ClusterDialect(IsAlpha1: false, HasPass: true, HasDomainNames: true),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>v1alpha1 says Allow, v1alpha2 Accept (Cluster 5, 5.1).</summary>
    public SpecAction ReadAction(SpecNode node) => node.Text switch
    {
        "Allow" when IsAlpha1 => SpecAction.Allow,
        "Accept" when !IsAlpha1 => SpecAction.Allow,
        "Deny" => SpecAction.Deny,
        "Pass" when HasPass => SpecAction.Pass,
        _ => throw new FormatException($"{node.Describe()} is not an action of this kind"),
    };
}

/// <summary>The fields <c>namespaces</c> and <c>pods</c> of subjects and peers (Cluster 2.1, 2.2).</summary>
internal sealed class ClusterPodsSpec
{
    private readonly SpecInventory inventory;
    private readonly SpecLabelSelector? namespaces;
    private readonly SpecLabelSelector? pods;

    private ClusterPodsSpec(SpecInventory inventory, SpecLabelSelector? namespaces, SpecLabelSelector? pods)
    {
        this.inventory = inventory;
        this.namespaces = namespaces;
        this.pods = pods;
    }

    public string Shape => pods is null ? "namespaces" : "pods";

    /// <summary>Null if neither field is set, or a selector is invalid (Cluster 6).</summary>
    public static ClusterPodsSpec? Read(SpecInventory inventory, SpecNode node)
    {
        SpecNode byNamespace = node["namespaces"];
        SpecNode byPod = node["pods"];
        if (!byNamespace.IsNull && !byPod.IsNull)
        {
            throw new FormatException("`namespaces` stands together with `pods`");
        }

        if (!byNamespace.IsNull)
        {
            return SpecLabelSelector.IsValid(byNamespace) ? new ClusterPodsSpec(inventory, new SpecLabelSelector(byNamespace), null) : null;
        }

        SpecNode inNamespaces = byPod["namespaceSelector"];
        SpecNode pod = byPod["podSelector"];
        if (byPod.IsNull || !SpecLabelSelector.IsValid(inNamespaces) || !SpecLabelSelector.IsValid(pod))
        {
            return null;
        }

        // 2.1: namespaceSelector absent = all namespaces.
        return new ClusterPodsSpec(inventory, inNamespaces.IsNull ? null : new SpecLabelSelector(inNamespaces), new SpecLabelSelector(pod));
    }

    /// <summary>All pods of matching namespaces, of them those that the pod selector matches; 1.3: no hostNetwork pod.</summary>
    public bool Matches(SpecEndpoint? endpoint) =>
        endpoint is { IsPod: true, IsHostNetwork: false }
        && (namespaces is null || namespaces.Matches(inventory.NamespaceLabels(endpoint.Namespace!)))
        && (pods is null || pods.Matches(endpoint.RealLabels));
}
