namespace NetPolicy.Dsl;

/// <summary>One link of a sentence: what it adds to the links before it. Immutable, so a sentence may be branched anywhere.</summary>
internal abstract record PolicyLink(PolicyLink? Previous, SourceLine Line)
{
    /// <summary>The links from the first to this one.</summary>
    public List<PolicyLink> InOrder()
    {
        List<PolicyLink> links = [];
        for (PolicyLink? link = this; link is not null; link = link.Previous)
        {
            links.Add(link);
        }

        links.Reverse();
        return links;
    }
}

/// <summary>The first link: the policy's name and, for namespaced kinds, its home.</summary>
internal sealed record NameLink(string Name, NamespaceRef? Home, SourceLine At) : PolicyLink(null, At);

/// <summary>The subject of a namespaced policy.</summary>
internal sealed record SubjectLink(PolicyLink Before, Selector? Pods, Selector? ServiceAccounts) : PolicyLink(Before, default);

/// <summary>The subject of a global policy.</summary>
internal sealed record GlobalSubjectLink(PolicyLink Before, CalicoPeer Subject) : PolicyLink(Before, default);

/// <summary>Labels of the policy itself.</summary>
internal sealed record LabelsLink(PolicyLink Before, LabelPairs Labels) : PolicyLink(Before, default);

/// <summary>An annotation of the policy itself.</summary>
internal sealed record AnnotationLink(PolicyLink Before, string Key, string Value, SourceLine At) : PolicyLink(Before, At);

/// <summary>The order.</summary>
internal sealed record OrderLink(PolicyLink Before, PolicyOrder Order, SourceLine At) : PolicyLink(Before, At);

/// <summary>The tier.</summary>
internal sealed record TierLink(PolicyLink Before, Tier Tier, SourceLine At) : PolicyLink(Before, At);

/// <summary>The tier of a cluster policy and its priority there.</summary>
internal sealed record ClusterTierLink(PolicyLink Before, string Tier, int Priority, SourceLine At) : PolicyLink(Before, At);

/// <summary>A stage of a host policy.</summary>
internal sealed record StageLink(PolicyLink Before, HostStage Stage) : PolicyLink(Before, default);

/// <summary>A direction taken over without a rule.</summary>
internal sealed record NothingLink(PolicyLink Before, RuleDirection Direction, SourceLine At) : PolicyLink(Before, At);

/// <summary>A rule. Without <paramref name="Traffic"/> and <paramref name="Http"/> it is about all traffic.</summary>
internal sealed record RuleLink(
    PolicyLink Before, RuleDirection Direction, RuleAction Action, CalicoPeer Peer, CalicoPeer? OwnEnd, Traffic? Traffic, HttpTraffic? Http, SourceLine At)
    : PolicyLink(Before, At);
