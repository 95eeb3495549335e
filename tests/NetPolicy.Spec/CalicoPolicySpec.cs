namespace NetPolicy.Spec;

/// <summary>A Calico policy of any kind (Calico 1.2 to 1.4, 1.6, 3.2).</summary>
internal sealed class CalicoPolicySpec : SpecPolicy
{
    private readonly SpecSelector subjects;
    private readonly List<CalicoRuleSpec> ingress;
    private readonly List<CalicoRuleSpec> egress;
    private readonly SpecServices services;
    private readonly bool applyOnForward;
    private readonly bool preDnat;
    private readonly bool doNotTrack;

    private CalicoPolicySpec(SpecServices services, SpecDocument document)
    {
        SpecNode spec = document.Spec;
        this.services = services;
        bool global = document.Namespace is null;
        subjects = global ? GlobalSubjects(spec) : NamespacedSubjects(spec, document.Namespace!);
        ingress = [.. spec["ingress"].Items.Select(rule => new CalicoRuleSpec(rule, document.Namespace ?? ""))];
        egress = [.. spec["egress"].Items.Select(rule => new CalicoRuleSpec(rule, document.Namespace ?? ""))];
        applyOnForward = global && spec["applyOnForward"].IsTrue;
        preDnat = global && spec["preDNAT"].IsTrue;
        doNotTrack = global && spec["doNotTrack"].IsTrue;
    }

    public static CalicoPolicySpec Read(SpecServices services, SpecDocument document)
    {
        (List<SpecDirection> types, bool defaulted) = ReadTypes(document.Spec);
        return new CalicoPolicySpec(services, document)
        {
            Kind = document.Kind,
            SortKind = document.Kind,
            Namespace = document.Namespace,
            Name = document.Name,
            Tier = document.Spec["tier"].Text is { Length: > 0 } tier ? tier : "default",
            Order = document.Spec["order"].Number() ?? double.PositiveInfinity,
            IsStaged = document.Kind.StartsWith("Staged", StringComparison.Ordinal),
            Types = types,
            TypesAreDefaulted = defaulted,
        };
    }

    /// <summary>Calico 1.6.</summary>
    private static (List<SpecDirection> Types, bool Defaulted) ReadTypes(SpecNode spec)
    {
        List<SpecDirection> types = [];
        foreach (string type in spec["types"].Texts())
        {
            types.Add(type.ToUpperInvariant() switch
            {
                "INGRESS" => SpecDirection.Ingress,
                "EGRESS" => SpecDirection.Egress,
                _ => throw new FormatException($"`{type}` is not a policy type"),
            });
        }

        if (types.Count > 0)
        {
            return (types, false);
        }

        return (spec["ingress"].Items.Count > 0, spec["egress"].Items.Count > 0) switch
        {
            (_, false) => ([SpecDirection.Ingress], true),
            (false, true) => ([SpecDirection.Egress], true),
            (true, true) => ([SpecDirection.Ingress, SpecDirection.Egress], true),
        };
    }

    /// <summary>Calico 3.2, row NP: <c>all()</c> stays as it is in the service account selector.</summary>
    private static SpecSelector NamespacedSubjects(SpecNode spec, string ns)
    {
        SpecSelector inNamespace = SpecSelector.Is("projectcalico.org/namespace", ns);
        SpecSelector? subjects = SpecSelector.And(SpecSelector.ParseOrNull(spec["selector"].Text), inNamespace);
        return SpecSelector.And(subjects, SpecSelector.ParseOrNull(spec["serviceAccountSelector"].Text)?.Prefixed("pcsa."))!;
    }

    /// <summary>Calico 3.2, row GNP: each further selector replaces every <c>all()</c> of what is composed so far.</summary>
    private static SpecSelector GlobalSubjects(SpecNode spec)
    {
        SpecSelector? subjects = SpecSelector.ParseOrNull(spec["selector"].Text);
        if (SpecSelector.ParseOrNull(spec["namespaceSelector"].Text) is { } namespaces)
        {
            subjects = SpecSelector.And(subjects, namespaces.Prefixed("pcns."))!
                .Replaced(SpecSelector.Has("projectcalico.org/namespace"), null);
        }

        if (SpecSelector.ParseOrNull(spec["serviceAccountSelector"].Text) is { } accounts)
        {
            subjects = SpecSelector.And(subjects, accounts.Prefixed("pcsa."))!
                .Replaced(SpecSelector.Has("projectcalico.org/serviceaccount"), null);
        }

        return subjects ?? SpecSelector.All;
    }

    public override bool AppliesTo(SpecSubject subject) => subjects.Matches(subject.Labels);

    /// <summary>Calico 5.3, the table.</summary>
    public override bool IsIn(SpecList list) => list switch
    {
        SpecList.Untracked => doNotTrack,
        SpecList.PreDnat => preDnat && !doNotTrack,
        SpecList.Forward => applyOnForward && !preDnat && !doNotTrack,
        SpecList.Normal => !preDnat && !doNotTrack,
        _ => throw new ArgumentOutOfRangeException(nameof(list)),
    };

    public override (SpecAction Action, int Index)? FirstMatch(SpecDirection direction, SpecPacket packet, SpecTrace trace) =>
        FirstMatch(direction == SpecDirection.Ingress ? ingress : egress, packet, services, trace);

    /// <summary>Calico 4, actions: Log goes on with the next rule, every other action stops.</summary>
    public static (SpecAction Action, int Index)? FirstMatch(
        List<CalicoRuleSpec> rules, SpecPacket packet, SpecServices services, SpecTrace trace)
    {
        for (int index = 0; index < rules.Count; index++)
        {
            if (rules[index].Matches(packet, services, trace) && rules[index].Action != SpecAction.Log)
            {
                return (rules[index].Action, index);
            }
        }

        return null;
    }
}

/// <summary>A Profile (Calico 1.7, 3.1); its rules have no namespace.</summary>
internal sealed class SpecProfile
{
    private readonly List<CalicoRuleSpec> ingress = [];
    private readonly List<CalicoRuleSpec> egress = [];
    private readonly bool allowsAll;

    public SpecProfile(string name, SpecNode spec)
    {
        Name = name;
        Labels = spec["labelsToApply"].Map();
        ingress.AddRange(spec["ingress"].Items.Select(rule => new CalicoRuleSpec(rule, "")));
        egress.AddRange(spec["egress"].Items.Select(rule => new CalicoRuleSpec(rule, "")));
    }

    private SpecProfile(string name, Dictionary<string, string> labels, bool allowsAll)
    {
        Name = name;
        Labels = labels;
        this.allowsAll = allowsAll;
    }

    public string Name { get; }

    public Dictionary<string, string> Labels { get; }

    public static SpecProfile AllowAll(string name, Dictionary<string, string> labels) => new(name, labels, true);

    public static SpecProfile LabelsOnly(string name, Dictionary<string, string> labels) => new(name, labels, false);

    public (SpecAction Action, int Index)? FirstMatch(SpecDirection direction, SpecPacket packet, SpecServices services, SpecTrace trace) =>
        allowsAll
            ? (SpecAction.Allow, 0)
            : CalicoPolicySpec.FirstMatch(direction == SpecDirection.Ingress ? ingress : egress, packet, services, trace);
}
