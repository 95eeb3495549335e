using NetPolicy.Collections;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Dsl;

/// <summary>Peers of documents in words.</summary>
internal static class PeerSpeech
{
    private static readonly SelectorNode s_resolver = new RequirementNode("k8s-app", RequirementOperator.Equal, ["kube-dns"]);

    /// <summary>Every address.</summary>
    public static Spoken<CalicoPeer> Anywhere => new(nameof(Syntax.Anywhere), Syntax.Anywhere);

    /// <summary>One entry of a Kubernetes rule's peers. Null if there is no word for it.</summary>
    public static Spoken<CalicoPeer>? Of(NetworkPolicyPeer peer, string home, Handles handles)
    {
        if (peer.IpBlock is { } block)
        {
            return peer is { PodSelector: null, NamespaceSelector: null } && block.Cidr is { } cidr ? Block([cidr], block.Except ?? []).Single() : null;
        }

        return (peer.NamespaceSelector, peer.PodSelector) switch
        {
            (null, { } pods) => Node(pods) is { } node ? Pods(null, node, home, handles) : null,
            ({ } namespaces, { } pods) => Node(namespaces) is { } scope && Node(pods) is { } node ? Pods(scope, node, home, handles) : null,
            ({ } namespaces, null) => Node(namespaces) is { } scope ? Pods(scope, SelectorNode.All, home, handles) : null,
            _ => null,
        };

        static SelectorNode? Node(LabelSelectorSpec selector) => SelectorSpeech.Node(selector);
    }

    /// <summary>
    /// Pods by conditions on their namespace and themselves; without <paramref name="scope"/> those of <paramref name="home"/>. Null if there is no word for it.
    /// </summary>
    public static Spoken<CalicoPeer>? Pods(SelectorNode? scope, SelectorNode pods, string? home, Handles handles)
    {
        if (scope is null)
        {
            return home is not null && handles.Workload(home, pods) is { } own ? new Spoken<CalicoPeer>(own.Text, own.Value)
                : pods.IsAll ? new Spoken<CalicoPeer>(nameof(Syntax.AllPods), Syntax.AllPods)
                : new Spoken<CalicoPeer>($"Pods({SelectorSpeech.Text(pods, handles)})", Term(NamespaceScope.Own, pods));
        }

        if (NameOf(scope) is { } name && name != home)
        {
            if (name == "kube-system" && pods == s_resolver)
            {
                return new Spoken<CalicoPeer>(nameof(Syntax.KubeDns), Syntax.KubeDns);
            }

            return handles.Workload(name, pods) is { } there
                ? new Spoken<CalicoPeer>(there.Text, there.Value)
                : In(handles.Namespace(name), new NamespaceScope(name, scope), pods, handles);
        }

        return Group(scope, handles) is { } group ? In(group, new NamespaceScope(null, scope), pods, handles) : null;
    }

    /// <summary>Address blocks of one family, the exceptions belonging to a single one.</summary>
    public static IEnumerable<Spoken<CalicoPeer>> Block(EquatableArray<string> cidrs, EquatableArray<string> except) => cidrs.Select(cidr => new Spoken<CalicoPeer>(
        $"Cidr({CSharpText.Literal(cidr)}){string.Concat(except.Select(e => $".Except({CSharpText.Literal(e)})"))}",
        new IpBlock(new BlockTerm(cidr, [.. except.Select(e => new BlockException(e, default))], default))));

    /// <summary>Host endpoints.</summary>
    public static Spoken<CalicoPeer> Hosts(SelectorNode selector, Handles handles) => new(
        selector.IsAll ? nameof(Syntax.AllHostEndpoints) : $"HostEndpoints({SelectorSpeech.Text(selector, handles)})",
        new CalicoPeer([new HostsTerm(selector, default)]));

    /// <summary>Pods and host endpoints alike.</summary>
    public static Spoken<CalicoPeer> Endpoints(SelectorNode selector, Handles handles) => new(
        selector.IsAll ? nameof(Syntax.AllEndpoints) : $"Endpoints({SelectorSpeech.Text(selector, handles)})",
        new CalicoPeer([new EndpointsTerm(selector, default)]));

    /// <summary>One end of a Calico rule. Null if there are no words for it.</summary>
    public static EquatableArray<Spoken<CalicoPeer>>? Of(EntityRule? entity, string? home, Handles handles)
    {
        if (entity is null || Clean(entity) == new EntityRule())
        {
            return [Anywhere];
        }

        EntityRule end = Clean(entity);
        if (end.NotSelector is not null)
        {
            return null;
        }

        if (end.Nets is { IsEmpty: false } nets)
        {
            return end == new EntityRule { Nets = nets, NotNets = end.NotNets } && (end.NotNets is null || nets.Count == 1) ? [.. Block(nets, end.NotNets ?? [])] : null;
        }

        return One(end, home, handles) is { } one ? [one] : null;
    }

    private static Spoken<CalicoPeer>? One(EntityRule end, string? home, Handles handles)
    {
        if (end.Services is { } service)
        {
            return end == new EntityRule { Services = service } && service.Name is { } called && (service.Namespace ?? home) is { } place
                ? new Spoken<CalicoPeer>(
                    $"{handles.Namespace(place)}.Service({CSharpText.Literal(called)})", new CalicoPeer([new ServiceTerm(place, called, default)]))
                : null;
        }

        if (end.NotNets is not null)
        {
            return null;
        }

        SelectorNode? selector = SelectorNode.All;
        if (end.Selector is { } text)
        {
            selector = SelectorSpeech.Node(text);
        }

        if (selector is null)
        {
            return null;
        }

        if (end.ServiceAccounts is { } accounts)
        {
            return accounts is { Selector: null, Names: [var account] } && selector.IsAll ? Account(end, account, home, handles) : null;
        }

        if (end.NamespaceSelector?.Trim() == "global()")
        {
            return handles.SetBySelector(null, selector.ToText()) is { } set
                ? new Spoken<CalicoPeer>(set.Text, set.Value)
                : Hosts(selector, handles);
        }

        if (end.NamespaceSelector is null)
        {
            return home is null
                ? Endpoints(selector, handles)
                : handles.SetBySelector(home, selector.ToText()) is { } set
                    ? new Spoken<CalicoPeer>(set.Text, set.Value)
                    : Pods(null, selector, home, handles);
        }

        return Scope(end.NamespaceSelector) is not { } scope ? null
            : NameOf(scope) is { } name && handles.SetBySelector(name, selector.ToText()) is { } there && name != home ? new Spoken<CalicoPeer>(there.Text, there.Value)
            : Pods(scope, selector, home, handles);
    }

    private static Spoken<CalicoPeer>? Account(EntityRule end, string account, string? home, Handles handles)
    {
        if (end.NamespaceSelector is null)
        {
            return home is null || end.Selector is not null ? null : new Spoken<CalicoPeer>(
                $"{handles.Namespace(home)}.ServiceAccount({CSharpText.Literal(account)})",
                new CalicoPeer([new PodsTerm(new NamespaceScope(home, SelectorNode.All), SelectorNode.All, account, default)]));
        }

        if (Scope(end.NamespaceSelector) is not { } scope)
        {
            return null;
        }

        (string? group, string? name) = NameOf(scope) is { } known && known != home ? (handles.Namespace(known), known) : (Group(scope, handles), null);
        return group is null ? null : new Spoken<CalicoPeer>(
            $"{group}.ServiceAccount({CSharpText.Literal(account)})",
            new CalicoPeer([new PodsTerm(new NamespaceScope(name, scope), SelectorNode.All, account, default)]));
    }

    /// <summary>A condition on namespaces, without the guard that lowering puts before it. Null if there is no word for it.</summary>
    public static SelectorNode? Scope(string text) => Namespaces(text) is { } node && (node.IsAll || SelectorSpeech.IsLabelSelector(node)) ? node : null;

    /// <summary>The same, where words could be found for its alternatives.</summary>
    public static SelectorNode? Namespaces(string text)
    {
        if (!NetPolicy.Labels.Selector.TryParse(text, out NetPolicy.Labels.Selector? selector, out _))
        {
            return null;
        }

        if (selector is NetPolicy.Labels.AndSelector { Operands: [NetPolicy.Labels.AllSelector, ..] } guarded)
        {
            selector = NetPolicy.Labels.Selector.And([.. guarded.Operands.Skip(1)]);
        }

        return SelectorSpeech.Node(selector.ToString());
    }

    /// <summary>A group of namespaces that is not one by its name. Null if there is no word for it.</summary>
    public static string? Group(SelectorNode scope, Handles handles) => scope switch
    {
        { IsAll: true } => nameof(Syntax.EveryNamespace),
        RequirementNode { Key: Syntax.NamespaceNameKey, Operator: RequirementOperator.NotEqual } one => $"EveryNamespaceExcept({handles.Namespace(one.Values[0])})",
        RequirementNode { Key: Syntax.NamespaceNameKey, Operator: RequirementOperator.NotIn, Values.Count: > 1 } some
            when some.Values.Distinct(StringComparer.Ordinal).Count() == some.Values.Count =>
            $"EveryNamespaceExcept({string.Join(", ", some.Values.Select(handles.Namespace))})",
        _ when SelectorSpeech.IsLabelSelector(scope) => handles.Group(scope),
        _ => null,
    };

    /// <summary>The namespace that a condition on namespace labels names.</summary>
    public static string? NameOf(SelectorNode scope) =>
        scope is RequirementNode { Key: Syntax.NamespaceNameKey, Operator: RequirementOperator.Equal } named ? named.Values[0] : null;

    private static Spoken<CalicoPeer> In(string group, NamespaceScope scope, SelectorNode pods, Handles handles) =>
        new(pods.IsAll ? $"{group}.AllPods" : $"{group}.Pods({SelectorSpeech.Text(pods, handles)})", Term(scope, pods));

    private static CalicoPeer Term(NamespaceScope scope, SelectorNode pods) => new([new PodsTerm(scope, pods, null, default)]);

    // What belongs to the traffic is not part of the end.
    private static EntityRule Clean(EntityRule entity) => entity with { Ports = null, NotPorts = null };
}
