namespace NetPolicy.Fuzz.Inputs;

/// <summary>Who reads an input.</summary>
public enum FuzzTarget
{
    /// <summary>The reader of YAML and JSON documents, and everything behind it.</summary>
    Documents = 0,

    /// <summary>The parser of selector text.</summary>
    Selector,

    /// <summary>Lines of <c>netpol eval --flows</c>.</summary>
    Flows,

    /// <summary>Lines of <c>netpol selector --cases</c>.</summary>
    SelectorCases,

    /// <summary>Addresses, address blocks and port ranges.</summary>
    Words,
}
