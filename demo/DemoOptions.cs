using NetPolicy.Cli.Input;

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

    /// <summary>Which connections of the probe runs are listed, and nothing else; null for none.</summary>
    public ConnectionFilter? Connections { get; init; }
}
