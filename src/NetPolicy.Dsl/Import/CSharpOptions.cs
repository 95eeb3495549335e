namespace NetPolicy.Dsl;

/// <summary>How <see cref="PolicySet.ToCSharp"/> writes.</summary>
public sealed record CSharpOptions
{
    /// <summary>The C# namespace of the class; <c>Policies</c> by default.</summary>
    public string Namespace { get; init; } = "Policies";

    /// <summary>The name of the class; by default the set's name in C# spelling.</summary>
    public string? ClassName { get; init; }

    /// <summary>
    /// False (default): a document is also told in words if the words write out what the document leaves to the API's defaults, or write the same
    /// in another spelling. True: every document comes back field by field as it is; one that words would write differently is embedded YAML.
    /// </summary>
    public bool IsExact { get; init; }
}
