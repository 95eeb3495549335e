namespace NetPolicy.Demo;

/// <summary>What the demo was asked to show.</summary>
internal sealed record DemoOptions
{
    /// <summary>The scenarios' folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Only this scenario; null for all.</summary>
    public string? Scenario { get; init; }

    /// <summary>Whether each step's policies are printed as YAML.</summary>
    public bool ShowYaml { get; init; }

    /// <summary>Whether each step's rulesets are printed.</summary>
    public bool ShowNft { get; init; }

    /// <summary>Whether all connections of the probe runs are listed, and nothing else.</summary>
    public bool ListConnections { get; init; }

    /// <summary>Which of them.</summary>
    public ConnectionFilter Filter { get; init; } = new(null, null, null, null);
}
