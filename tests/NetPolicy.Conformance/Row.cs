namespace NetPolicy.Conformance;

/// <summary>One statement of a specification, the test that holds it, and a change of the product that the test must notice.</summary>
public sealed record Row
{
    /// <summary>The table's letter, the section and a number: <c>K5.2-3</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Where the row stands in its table, for messages: <c>tests/conformance/kubernetes.rows:12</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The statement in one line.</summary>
    public string Says { get; init; } = "";

    /// <summary>Full name of the test's class and method.</summary>
    public string Test { get; init; } = "";

    /// <summary>Part of the name of the theory's case; empty for a whole test.</summary>
    public string Case { get; init; } = "";

    /// <summary>The file that the mutation changes, below <c>src/</c>; empty if <see cref="Why"/> says why there is none.</summary>
    public string In { get; init; } = "";

    /// <summary>Text that is in the file exactly once.</summary>
    public string Find { get; init; } = "";

    /// <summary>What is there instead.</summary>
    public string Put { get; init; } = "";

    /// <summary>Why the product cannot break the statement, if there is no mutation.</summary>
    public string Why { get; init; } = "";

    /// <summary>True if the row names a change of the product.</summary>
    public bool HasMutation => In.Length > 0;
}
