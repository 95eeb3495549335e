using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.PolicyApi;

namespace NetPolicy.Dsl;

/// <summary>Policies of documents as sentences. What a document says that no sentence can say is left out here: its value then differs, and it is not used.</summary>
internal sealed class PolicySpeech
{
    // Longer chains are hard on compilers and readers alike.
    private const int MostRules = 100;

    private readonly Handles _handles;
    private readonly string? _home;
    private readonly ObjectMetadata _metadata;
    private readonly List<string> _rules = [];
    private string _head = "";
    private string _tail = "";
    private PolicyLink? _chain;

    private PolicySpeech(Manifest document, Handles handles)
    {
        _handles = handles;
        _home = document.EffectiveNamespace;
        _metadata = document.Metadata;
    }

    private string Name => CSharpText.Literal(_metadata.Name ?? "");

    /// <summary>A Kubernetes policy, or its staged form.</summary>
    public static Spoken<IPolicyPart>? Of(Manifest document, NetworkPolicySpec spec, bool isStaged, Handles handles)
    {
        PolicySpeech speech = new(document, handles);
        if (SelectorSpeech.Node(spec.PodSelector) is not { } subject || !speech.Begin("Policy", subject))
        {
            return null;
        }

        speech.Describe(null, null);
        if (speech.Rules(spec.Ingress, RuleDirection.Ingress) is not { } ingress || speech.Rules(spec.Egress, RuleDirection.Egress) is not { } egress)
        {
            return null;
        }

        speech.Say([.. ingress, .. egress], spec.PolicyTypes is { IsEmpty: false } types ? types : Spelling.TypesOf(spec));
        KubernetesPolicy policy = new(speech._chain!);
        return isStaged ? speech.End(new StagedPolicy(policy)) : speech.End(policy);
    }

    /// <summary>A Calico policy of either kind, or its staged form.</summary>
    public static Spoken<IPolicyPart>? Of(CalicoPolicyManifest document, Handles handles)
    {
        CalicoPolicySpec spec = document.Spec ?? new CalicoPolicySpec();
        PolicySpeech speech = new(document, handles);
        if (!(document.IsGlobal ? speech.BeginGlobal(spec) : speech.BeginCalico(spec)))
        {
            return null;
        }

        speech.Describe(spec.Tier, spec.Order);
        if (speech.Rules(spec.Ingress, RuleDirection.Ingress) is not { } ingress || speech.Rules(spec.Egress, RuleDirection.Egress) is not { } egress)
        {
            return null;
        }

        speech.Say([.. ingress, .. egress], spec.Types is { IsEmpty: false } types ? types : Spelling.TypesOf(spec));
        IPolicyPart policy = !document.IsGlobal ? new CalicoPolicy(speech._chain!)
            : spec.PreDnat == true ? new PreDnatPolicy(speech._chain!)
            : new GlobalPolicy(speech._chain!);
        return document.IsStaged ? speech.End(new StagedPolicy(policy)) : speech.End(policy);
    }

    /// <summary>A cluster policy.</summary>
    public static Spoken<IPolicyPart>? Of(ClusterNetworkPolicyManifest document, Handles handles)
    {
        if (document.Spec is not { Tier: "Admin" or "Baseline", Priority: >= 0 and <= ushort.MaxValue and var priority, Subject: { } subject } spec
            || ClusterSpeech.Pods(subject.Namespaces, subject.Pods, handles) is not { } pods)
        {
            return null;
        }

        PolicySpeech speech = new(document, handles);
        speech._head = string.Create(CultureInfo.InvariantCulture, $"ClusterPolicy({speech.Name}).{spec.Tier}(priority: {priority}).For({pods.Text})");
        speech._chain = new GlobalSubjectLink(
            new ClusterTierLink(new NameLink(document.Metadata.Name ?? "", null, default), spec.Tier, priority, default), pods.Value);
        speech.Describe(null, null);
        if (speech.Rules(spec.Ingress, RuleDirection.Ingress) is not { } ingress || speech.Rules(spec.Egress, RuleDirection.Egress) is not { } egress
            || ingress.Count + egress.Count == 0)
        {
            return null;
        }

        speech.Say([.. ingress, .. egress], []);
        return speech.End(new ClusterPolicy(speech._chain));
    }

    private Spoken<IPolicyPart> End(IPolicyPart part)
    {
        string tail = part is StagedPolicy ? ".Staged()" : "";
        string text = CSharpText.Sentence(_head, _rules, _tail + tail);
        return new Spoken<IPolicyPart>(Short(text), part);
    }

    // The two policies that have a word of their own.
    private string Short(string text)
    {
        string? home = _home is null ? null : _handles.Namespace(_home);
        return text == $"{home}.Policy(\"deny-all\").ForAllPods().NoIngress().NoEgress()" ? $"{home}.DenyAll()"
            : text == $"{home}.Policy(\"allow-dns\").ForAllPods().AllowDns()" ? $"{home}.AllowDns()"
            : text;
    }

    private bool Begin(string noun, SelectorNode subject)
    {
        string home = _home!;
        NamespaceRef ns = new(home, default);
        if (_handles.Workload(home, subject) is { } workload)
        {
            _head = $"{workload.Text}.{noun}({(workload.Value.Name == _metadata.Name ? "" : Name)})";
            _chain = new SubjectLink(new NameLink(_metadata.Name ?? "", ns, default), workload.Value.Labels, null);
            return true;
        }

        string pods = subject.IsAll ? ".ForAllPods()" : $".For({SelectorSpeech.Text(subject, _handles)})";
        _head = $"{_handles.Namespace(home)}.{noun}({Name}){pods}";
        _chain = new SubjectLink(new NameLink(_metadata.Name ?? "", ns, default), new LabelSelector(subject, default, []), null);
        return true;
    }

    private bool BeginCalico(CalicoPolicySpec spec)
    {
        if (string.IsNullOrEmpty(spec.ServiceAccountSelector))
        {
            return SelectorSpeech.Node(spec.Selector ?? "") is { } subject && Begin("CalicoPolicy", subject);
        }

        if (SelectorSpeech.Node(spec.ServiceAccountSelector) is not { IsAll: false } accounts)
        {
            return false;
        }

        _head = $"{_handles.Namespace(_home!)}.CalicoPolicy({Name}).ForServiceAccounts({SelectorSpeech.Text(accounts, _handles)})";
        _chain = new SubjectLink(new NameLink(_metadata.Name ?? "", new NamespaceRef(_home!, default), default), null, new Selector(accounts, default, []));
        return true;
    }

    private bool BeginGlobal(CalicoPolicySpec spec)
    {
        HostStage? stage = spec.PreDnat == true ? HostStage.PreDnat : spec.DoNotTrack == true ? HostStage.DoNotTrack : spec.ApplyOnForward == true ? HostStage.ApplyOnForward : null;
        if (SubjectSpeech.Of(spec, stage, _handles) is not { } subject)
        {
            return false;
        }

        _head = $"GlobalPolicy({Name}).For({CSharpText.Flat(subject.Text)})";
        _chain = new GlobalSubjectLink(new NameLink(_metadata.Name ?? "", null, default), subject.Value);
        if (stage is { } at)
        {
            _head += $".{at}()";
            _chain = new StageLink(_chain, at);
        }

        return true;
    }

    private void Describe(string? tier, double? order)
    {
        if (tier is not null)
        {
            Spoken<Tier> spoken = _handles.Tier(tier);
            _head += $".In({spoken.Text})";
            _chain = new TierLink(_chain!, spoken.Value, default);
        }

        if (order is { } place)
        {
            _head += $".Order({CSharpText.Number(place)})";
            _chain = new OrderLink(_chain!, place, default);
        }

        if (_metadata.Labels is { IsEmpty: false } labels)
        {
            LabelPairs pairs = Handles.PairsOf(labels);
            _head += $".Labelled({SelectorSpeech.Pairs(pairs, _handles)})";
            _chain = new LabelsLink(_chain!, pairs);
        }

        foreach ((string key, string value) in _metadata.Annotations ?? default)
        {
            _head += $".Annotated({CSharpText.Literal(key)}, {CSharpText.Literal(value)})";
            _chain = new AnnotationLink(_chain!, key, value, default);
        }
    }

    private void Say(IReadOnlyList<SpokenRule> rules, EquatableArray<string> types)
    {
        foreach (SpokenRule rule in rules)
        {
            _rules.Add(rule.Text);
            _chain = rule.After(_chain!);
        }

        foreach (RuleDirection direction in new[] { RuleDirection.Ingress, RuleDirection.Egress })
        {
            if (types.Contains(direction.ToString()) && !rules.Any(r => r.Direction == direction))
            {
                _tail += $".No{direction}()";
                _chain = new NothingLink(_chain!, direction, default);
            }
        }
    }

    private List<SpokenRule>? Rules(EquatableArray<NetworkPolicyRule>? rules, RuleDirection direction)
    {
        List<SpokenRule> spoken = [];
        foreach (NetworkPolicyRule rule in rules ?? [])
        {
            List<Spoken<CalicoPeer>?> peers = [.. (rule.Peers ?? []).Select(p => PeerSpeech.Of(p, _home!, _handles))];
            List<Spoken<Traffic>?> ports = [.. (rule.Ports ?? []).Select(TrafficSpeech.Of)];
            if (peers.Contains(null) || ports.Contains(null) || spoken.Count == MostRules)
            {
                return null;
            }

            spoken.Add(new SpokenRule(
                direction, RuleAction.Allow, peers.Count == 0 ? [PeerSpeech.Anywhere] : [.. peers.Select(p => p!.Value)], [], [.. ports.Select(p => p!.Value)]));
        }

        return spoken;
    }

    private List<SpokenRule>? Rules(EquatableArray<ClusterPolicyRule>? rules, RuleDirection direction)
    {
        List<SpokenRule> spoken = [];
        foreach (ClusterPolicyRule rule in rules ?? [])
        {
            if (ClusterSpeech.Rule(rule, direction, _handles) is not { } one)
            {
                return null;
            }

            spoken.Add(one);
        }

        return spoken;
    }

    private List<SpokenRule>? Rules(EquatableArray<CalicoRule>? rules, RuleDirection direction)
    {
        List<SpokenRule> spoken = [];
        foreach (CalicoRule rule in rules ?? [])
        {
            if (spoken.Count == MostRules || Rule(rule, direction) is not { } one)
            {
                return null;
            }

            spoken.Add(one);
        }

        return RuleUnions.Join(spoken, _chain!);
    }

    private SpokenRule? Rule(CalicoRule rule, RuleDirection direction)
    {
        bool ingress = direction == RuleDirection.Ingress;
        RuleAction? action = rule.Action switch
        {
            "Allow" => RuleAction.Allow,
            "Deny" => RuleAction.Deny,
            "Pass" => RuleAction.Pass,
            "Log" => RuleAction.Log,
            _ => null,
        };
        (EntityRule? peer, EntityRule? own) = ingress ? (rule.Source, rule.Destination) : (rule.Destination, rule.Source);
        if (action is not { } asked || PeerSpeech.Of(peer, _home, _handles) is not { } peers || PeerSpeech.Of(own, _home, _handles) is not { } owns)
        {
            return null;
        }

        EquatableArray<Spoken<CalicoPeer>> ownEnds = owns is [{ Text: nameof(Syntax.Anywhere) }] ? [] : owns;
        if (rule.Http is not null)
        {
            return ingress && asked == RuleAction.Allow && TrafficSpeech.Http(rule) is { } http ? new SpokenRule(direction, asked, peers, ownEnds, [], http) : null;
        }

        return TrafficSpeech.Of(rule) is { } traffic ? new SpokenRule(direction, asked, peers, ownEnds, traffic) : null;
    }
}
