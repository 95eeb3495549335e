using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>One alternative of a union of peers. Compared by content; lines take no part.</summary>
internal abstract record PeerTerm
{
    /// <summary>Where it is written; <c>default</c> for words without a line of their own.</summary>
    public virtual SourceLine Line => default;
}

/// <summary>Every address.</summary>
internal sealed record AnywhereTerm() : PeerTerm;

/// <summary>An address block without some blocks.</summary>
internal sealed record BlockTerm(string Cidr, EquatableArray<BlockException> Except, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(BlockTerm? other) => other is not null && Cidr == other.Cidr && Except == other.Except;

    public override int GetHashCode() => HashCode.Combine(Cidr, Except);
}

/// <summary>A block taken out of another.</summary>
internal readonly record struct BlockException(string Cidr, LineOutsideEquality At);

/// <summary>Pods of some namespaces, by labels or by service account.</summary>
internal sealed record PodsTerm(NamespaceScope Scope, SelectorNode Selector, string? ServiceAccount, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(PodsTerm? other) =>
        other is not null && Scope == other.Scope && Selector == other.Selector && ServiceAccount == other.ServiceAccount;

    public override int GetHashCode() => HashCode.Combine(Scope, Selector, ServiceAccount);
}

/// <summary>Host endpoints.</summary>
internal sealed record HostsTerm(SelectorNode Selector, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(HostsTerm? other) => other is not null && Selector == other.Selector;

    public override int GetHashCode() => Selector.GetHashCode();
}

/// <summary>Pods and host endpoints alike.</summary>
internal sealed record EndpointsTerm(SelectorNode Selector, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(EndpointsTerm? other) => other is not null && Selector == other.Selector;

    public override int GetHashCode() => Selector.GetHashCode();
}

/// <summary>Network sets by their labels; without a scope the global ones.</summary>
internal sealed record NetworkSetTerm(NamespaceScope? Scope, SelectorNode Selector, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(NetworkSetTerm? other) => other is not null && Scope == other.Scope && Selector == other.Selector;

    public override int GetHashCode() => HashCode.Combine(Scope, Selector);
}

/// <summary>The endpoints of a Service.</summary>
internal sealed record ServiceTerm(string Namespace, string Name, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(ServiceTerm? other) => other is not null && Namespace == other.Namespace && Name == other.Name;

    public override int GetHashCode() => HashCode.Combine(Namespace, Name);
}

/// <summary>Nodes by their labels.</summary>
internal sealed record NodesTerm(SelectorNode Selector, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(NodesTerm? other) => other is not null && Selector == other.Selector;

    public override int GetHashCode() => Selector.GetHashCode();
}

/// <summary>A domain name, or a pattern of names.</summary>
internal sealed record DomainTerm(string Pattern, SourceLine At) : PeerTerm
{
    public override SourceLine Line => At;

    public bool Equals(DomainTerm? other) => other is not null && Pattern == other.Pattern;

    public override int GetHashCode() => Pattern.GetHashCode(StringComparison.Ordinal);
}
