namespace NetPolicy.Dsl;

/// <summary>Which namespaces a pod may be in. With neither part: the policy's own, or every one in a global policy.</summary>
/// <param name="Name">The one namespace of that name, if it is one.</param>
/// <param name="Selector">The condition on the namespace's labels that says the same or selects a group; null for the own namespace.</param>
internal sealed record NamespaceScope(string? Name, SelectorNode? Selector)
{
    /// <summary>The policy's own namespace.</summary>
    public static NamespaceScope Own { get; } = new(null, null);

    /// <summary>Every namespace.</summary>
    public static NamespaceScope Every { get; } = new(null, SelectorNode.All);
}
