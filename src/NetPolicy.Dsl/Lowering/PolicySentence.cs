using NetPolicy.Collections;
using NetPolicy.Manifests;

namespace NetPolicy.Dsl;

/// <summary>The links of a sentence, sorted by what they say, with what contradicts itself reported.</summary>
internal sealed class PolicySentence
{
    private readonly Lowering _lowering;
    private readonly List<AnnotationLink> _annotations = [];
    private LabelPairs? _labels;

    public PolicySentence(PolicyLink chain, Lowering lowering)
    {
        _lowering = lowering;
        List<PolicyLink> links = chain.InOrder();
        Name = (NameLink)links[0];
        Source = new CallerSourceMap(Name.Line);
        foreach (PolicyLink link in links.Skip(1))
        {
            Take(link);
        }

        CheckDirections();
        Source.Set("metadata.namespace", Name.Home?.Line ?? default);
    }

    public NameLink Name { get; }

    public CallerSourceMap Source { get; }

    public SubjectLink? Subject { get; private set; }

    public CalicoPeer? GlobalSubject { get; private set; }

    public OrderLink? Order { get; private set; }

    public TierLink? Tier { get; private set; }

    public ClusterTierLink? ClusterTier { get; private set; }

    public HostStage? Stage { get; private set; }

    public List<RuleLink> Rules { get; } = [];

    public List<NothingLink> Nothing { get; } = [];

    public ObjectMetadata Metadata => new()
    {
        Name = Name.Name,
        Namespace = Name.Home?.Name,
        Labels = _labels?.ToMap(),
        Annotations = _annotations.Count == 0 ? null : new EquatableMap<string>(_annotations.Select(a => new KeyValuePair<string, string>(a.Key, a.Value))),
    };

    /// <summary>The directions that the sentence mentions, ingress first.</summary>
    public EquatableArray<string> Types =>
        [.. new[] { RuleDirection.Ingress, RuleDirection.Egress }.Where(Mentions).Select(d => d.ToString())];

    private bool Mentions(RuleDirection direction) => Rules.Exists(r => r.Direction == direction) || Nothing.Exists(n => n.Direction == direction);

    private void Take(PolicyLink link)
    {
        switch (link)
        {
            case SubjectLink subject:
                Subject = subject;
                break;
            case GlobalSubjectLink subject:
                GlobalSubject = subject.Subject;
                break;
            case LabelsLink labels:
                _labels = _labels is null ? labels.Labels : _labels & labels.Labels;
                _lowering.Report(_labels.Faults);
                Source.Set("metadata.labels", labels.Labels.Line);
                break;
            case AnnotationLink annotation:
                TakeAnnotation(annotation);
                break;
            case OrderLink order:
                _lowering.CheckOrder(order.Order, order.Line);
                SaidOnce("order", Order, order, Order?.Order.Value == order.Order.Value);
                Order = order;
                Source.Set("spec.order", order.Line);
                break;
            case TierLink tier:
                SaidOnce("tier", Tier, tier, Tier?.Tier.Name == tier.Tier.Name);
                Tier = tier;
                Source.Set("spec.tier", tier.Line);
                break;
            case ClusterTierLink tier:
                ClusterTier = tier;
                break;
            case StageLink stage:
                Stage = stage.Stage;
                break;
            case NothingLink nothing:
                Nothing.Add(nothing);
                break;
            case RuleLink rule:
                Rules.Add(rule);
                break;
            default:
                throw new InvalidOperationException($"no such link: {link.GetType().Name}");
        }
    }

    private void TakeAnnotation(AnnotationLink annotation)
    {
        AnnotationLink? before = _annotations.Find(a => a.Key == annotation.Key);
        SaidOnce($"annotation `{annotation.Key}`", before, annotation, before?.Value == annotation.Value);
        if (before is null)
        {
            _annotations.Add(annotation);
        }

        Source.Set("metadata.annotations", annotation.Line);
    }

    private void SaidOnce(string what, PolicyLink? before, PolicyLink now, bool same)
    {
        if (before is not null && !same)
        {
            _lowering.Report(DslDiagnostics.SaidTwice, $"the policy is given two values of its {what}, expected one", now.Line, before.Line);
        }
    }

    private void CheckDirections()
    {
        foreach (NothingLink nothing in Nothing)
        {
            if (Rules.Find(r => r.Direction == nothing.Direction) is { } rule)
            {
                _lowering.Report(
                    DslDiagnostics.NothingBesideRules,
                    $"`No{nothing.Direction}` stands beside {(nothing.Direction == RuleDirection.Ingress ? "ingress" : "egress")} rules, expected one or the other",
                    nothing.Line,
                    rule.Line);
            }
        }
    }
}
