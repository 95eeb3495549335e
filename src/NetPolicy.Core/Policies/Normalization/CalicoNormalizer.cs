using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Policies.Normalization;

/// <summary>
/// Calico policies and profiles in the common model (Calico specification §1 to §4).
/// What cannot be read never allows: an unreadable condition makes an Allow or Pass match nothing and a Deny match everything.
/// </summary>
internal static class CalicoNormalizer
{
    internal const string NamespaceLabel = "projectcalico.org/namespace";
    internal const string OrchestratorLabel = "projectcalico.org/orchestrator";
    internal const string ServiceAccountLabel = "projectcalico.org/serviceaccount";
    internal const string NamespacePrefix = "pcns.";
    internal const string ServiceAccountPrefix = "pcsa.";

    private static readonly Selector HasNamespace = Selector.Has(NamespaceLabel);
    private static readonly Selector HasServiceAccount = Selector.Has(ServiceAccountLabel);

    public static Policy Normalize(CalicoPolicyManifest source)
    {
        CalicoPolicySpec spec = source.Spec ?? new CalicoPolicySpec();
        (bool ingress, bool egress) = Types(spec);
        string? @namespace = source.EffectiveNamespace;
        return new Policy(source)
        {
            Tier = string.IsNullOrEmpty(spec.Tier) ? Tier.Default.Name : spec.Tier,
            Order = spec.Order,
            IsStaged = source.IsStaged,
            IsKubernetes = false,
            OrderingKind = source.Kind,
            Subject = new CalicoEndpoints(@namespace is null ? GlobalSubject(spec) : NamespacedSubject(spec, @namespace)),
            TakesIngress = ingress,
            TakesEgress = egress && spec.PreDnat != true,
            IsUntracked = source.IsGlobal && spec.DoNotTrack == true,
            IsPreDnat = source.IsGlobal && spec.PreDnat == true,
            AppliesOnForward = source.IsGlobal && spec.ApplyOnForward == true,
            Ingress = ingress ? Rules(source, @namespace, Direction.Ingress, spec.Ingress ?? default) : [],
            Egress = egress ? Rules(source, @namespace, Direction.Egress, spec.Egress ?? default) : [],
        };
    }

    public static Rule[] Rules(Manifest source, string? @namespace, Direction direction, EquatableArray<CalicoRule> rules)
    {
        Rule[] normalized = new Rule[rules.Count];
        for (int i = 0; i < rules.Count; i++)
        {
            RuleAction action = rules[i].Action switch
            {
                "Allow" => RuleAction.Allow,
                "Pass" => RuleAction.Pass,
                "Log" => RuleAction.Log,
                _ => RuleAction.Deny,
            };
            RuleMatch match = TryRead(rules[i], @namespace, out RuleMatch? read) ? read
                : action == RuleAction.Deny ? RuleMatch.Everything
                : RuleMatch.Nothing;
            normalized[i] = new Rule(source, direction, i, action, [match]);
        }

        return normalized;
    }

    // §1.6.
    private static (bool Ingress, bool Egress) Types(CalicoPolicySpec spec)
    {
        if (spec.Types is { IsEmpty: false } types)
        {
            return (Contains(types, "Ingress"), Contains(types, "Egress"));
        }

        bool hasEgress = spec.Egress is { IsEmpty: false };
        return (!hasEgress || spec.Ingress is { IsEmpty: false }, hasEgress);
    }

    private static bool Contains(EquatableArray<string> types, string type) =>
        types.Any(t => string.Equals(t, type, StringComparison.OrdinalIgnoreCase));

    // §3.2, namespaced kinds: `all()` is not rewritten here.
    private static Selector NamespacedSubject(CalicoPolicySpec spec, string @namespace)
    {
        List<Selector> terms = [];
        AddUnlessBlank(terms, spec.Selector, Selector.All);
        terms.Add(Selector.Is(NamespaceLabel, @namespace));
        if (!IsBlank(spec.ServiceAccountSelector))
        {
            terms.Add(Parse(spec.ServiceAccountSelector, Selector.All).WithPrefix(ServiceAccountPrefix));
        }

        return Selector.And([.. terms]);
    }

    // §3.2, global kinds: each added selector rewrites every `all()` of what has been composed so far, itself included.
    private static Selector GlobalSubject(CalicoPolicySpec spec)
    {
        List<Selector> terms = [];
        AddUnlessBlank(terms, spec.Selector, Selector.All);
        Selector? composed = terms.Count == 0 ? null : terms[0];
        if (!IsBlank(spec.NamespaceSelector))
        {
            composed = Join(composed, Parse(spec.NamespaceSelector, Selector.All).WithPrefix(NamespacePrefix)).WithScope(HasNamespace, Selector.All);
        }

        if (!IsBlank(spec.ServiceAccountSelector))
        {
            composed = Join(composed, Parse(spec.ServiceAccountSelector, Selector.All).WithPrefix(ServiceAccountPrefix))
                .WithScope(HasServiceAccount, Selector.All);
        }

        return composed ?? Selector.All;
    }

    private static Selector Join(Selector? left, Selector right) => left is null ? right : Selector.And(left, right);

    private static bool TryRead(CalicoRule rule, string? @namespace, out RuleMatch match)
    {
        match = RuleMatch.Nothing;
        if (!TryReadProtocol(rule.Protocol, out Protocol? protocol, out IpFamily implied)
            || !TryReadProtocol(rule.NotProtocol, out Protocol? notProtocol, out _)
            || !TryRead(rule.Source, @namespace, out EndMatch? source)
            || !TryRead(rule.Destination, @namespace, out EndMatch? destination)
            || rule.IpVersion is not (null or 4 or 6))
        {
            return false;
        }

        match = new RuleMatch
        {
            Family = rule.IpVersion is { } version ? (IpFamily)version : implied,
            Protocol = protocol,
            NotProtocol = notProtocol,
            Icmp = rule.Icmp,
            NotIcmp = rule.NotIcmp,
            Source = source,
            Destination = destination,
            Http = rule.Http,
        };
        return true;
    }

    // §4: the names ICMP and ICMPv6 imply a family, the numbers 1 and 58 do not.
    private static bool TryReadProtocol(IntOrString? value, out Protocol? protocol, out IpFamily implied)
    {
        protocol = null;
        implied = IpFamily.None;
        if (value is not { } written)
        {
            return true;
        }

        if (!Protocol.TryParse(written.ToString(), out Protocol read))
        {
            return false;
        }

        protocol = read;
        implied = written.Text switch { "ICMP" => IpFamily.IPv4, "ICMPv6" => IpFamily.IPv6, _ => IpFamily.None };
        return true;
    }

    private static bool TryRead(EntityRule? rule, string? @namespace, out EndMatch match)
    {
        match = EndMatch.Anything;
        if (rule is null)
        {
            return true;
        }

        if (!TryReadNets(rule.Nets, out EquatableArray<IpPrefix>? nets)
            || !TryReadNets(rule.NotNets, out EquatableArray<IpPrefix>? notNets)
            || !TryReadPorts(rule.Ports, out PortMatch? ports)
            || !TryReadPorts(rule.NotPorts, out PortMatch? notPorts)
            || !TryReadSelectors(rule, @namespace, out Selector? positive, out Selector? negative))
        {
            return false;
        }

        // Both together are one condition on the same endpoint (§3.3).
        (EndpointSelector? selector, EndpointSelector? notSelector) = (positive, negative) switch
        {
            (null, null) => (null, null),
            (null, { } no) => ((EndpointSelector?)null, (EndpointSelector?)new CalicoEndpoints(no)),
            ({ } yes, null) => (new CalicoEndpoints(yes), null),
            ({ } yes, { } no) => (new CalicoEndpoints(Selector.And(yes, Selector.Not(no))), null),
        };
        match = new EndMatch
        {
            Nets = nets,
            NotNets = notNets,
            Selector = selector,
            NotSelector = notSelector,
            Service = rule.Services is { } service
                ? new ServiceName(string.IsNullOrEmpty(service.Namespace) ? @namespace ?? "" : service.Namespace, service.Name ?? "")
                : null,
            Ports = ports,
            NotPorts = notPorts,
        };
        return true;
    }

    // §3.3, steps 1 to 5.
    private static bool TryReadSelectors(EntityRule rule, string? @namespace, out Selector? positive, out Selector? negative)
    {
        positive = null;
        negative = null;
        if (!TryParse(rule.Selector, out Selector? selector)
            || !TryParse(rule.NotSelector, out Selector? notSelector)
            || !TryParse(rule.NamespaceSelector, out Selector? namespaceSelector)
            || !TryParse(rule.ServiceAccounts?.Selector, out Selector? accountSelector))
        {
            return false;
        }

        List<Selector> terms = [];
        if (accountSelector is not null)
        {
            terms.Add(accountSelector.WithPrefix(ServiceAccountPrefix));
        }

        if (rule.ServiceAccounts?.Names is { IsEmpty: false } names)
        {
            terms.Add(Selector.In(ServiceAccountLabel, names));
        }

        if (selector is not null)
        {
            terms.Add(selector);
        }

        Selector? scope = namespaceSelector is not null
            ? namespaceSelector.WithPrefix(NamespacePrefix).WithScope(HasNamespace, Selector.Not(HasNamespace))
            : @namespace is not null ? Selector.Is(NamespaceLabel, @namespace) : null;
        if (scope is not null && (terms.Count > 0 || notSelector is not null || namespaceSelector is not null))
        {
            terms.Insert(0, scope);
        }

        positive = terms.Count == 0 ? null : Selector.And([.. terms]);
        negative = notSelector;
        return true;
    }

    private static bool TryReadNets(EquatableArray<string>? texts, out EquatableArray<IpPrefix>? nets)
    {
        nets = null;
        if (texts is not { IsEmpty: false } list)
        {
            return true;
        }

        List<IpPrefix> read = [];
        foreach (string text in list)
        {
            if (IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix prefix) is CidrFault.NoLength or CidrFault.NotCidr)
            {
                return false;
            }

            read.Add(prefix);
        }

        nets = [.. read];
        return true;
    }

    // §1.5 Port.
    private static bool TryReadPorts(EquatableArray<IntOrString>? values, out PortMatch? match)
    {
        match = null;
        if (values is not { IsEmpty: false } list)
        {
            return true;
        }

        List<PortRange> numbers = [];
        List<string> names = [];
        foreach (IntOrString value in list)
        {
            if (TryReadRange(value, out PortRange range))
            {
                numbers.Add(range);
            }
            else if (value.Text is { Length: > 0 } name && !name.Contains(':', StringComparison.Ordinal))
            {
                names.Add(name);
            }
            else
            {
                return false;
            }
        }

        match = new PortMatch(PortSet.Of(numbers), [.. names], CountsInitContainers: true);
        return true;
    }

    /// <summary>A port or <c>first:last</c>; false for names and nonsense.</summary>
    internal static bool TryReadRange(IntOrString value, out PortRange range)
    {
        range = default;
        string text = value.ToString();
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string first = colon < 0 ? text : text[..colon];
        string last = colon < 0 ? text : text[(colon + 1)..];
        if (!ushort.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out ushort low)
            || !ushort.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out ushort high)
            || low == 0
            || high < low)
        {
            return false;
        }

        range = new PortRange(low, high);
        return true;
    }

    private static void AddUnlessBlank(List<Selector> terms, string? text, Selector unreadable)
    {
        if (!IsBlank(text))
        {
            terms.Add(Parse(text, unreadable));
        }
    }

    private static Selector Parse(string? text, Selector unreadable) =>
        Selector.TryParse(text ?? "", out Selector? selector, out _) ? selector : unreadable;

    // Null for absent and blank, which give no condition.
    private static bool TryParse(string? text, out Selector? selector)
    {
        selector = null;
        return IsBlank(text) || Selector.TryParse(text!, out selector, out _);
    }

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);
}
