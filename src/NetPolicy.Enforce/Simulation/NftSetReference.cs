namespace NetPolicy.Enforce.Simulation;

/// <summary>A set named in a rule, bound once the whole text is read, or a literal.</summary>
internal sealed class NftSetReference
{
    private NftSet? target;

    internal NftSetReference(string name) => Name = name;

    internal NftSetReference(NftSet literal)
    {
        Name = literal.Name;
        target = literal;
        IsLiteral = true;
    }

    internal string Name { get; }

    internal bool IsLiteral { get; }

    internal NftSet Target => target ?? throw new InvalidOperationException($"set `{Name}` is not bound");

    internal void Bind(NftSet set) => target = set;

    internal string Describe() => IsLiteral ? "{ " + string.Join(", ", Target.DescribeElements()) + " }" : "@" + Name;
}
