using NetPolicy.Enforce.Simulation;

namespace NetPolicy.Enforce.Tests.Simulation;

/// <summary>Ruleset texts of the tests.</summary>
internal static class SimulatedRuleset
{
    /// <summary>A text from the Rulesets folder.</summary>
    internal static string Read(string name)
    {
        using Stream stream = typeof(SimulatedRuleset).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"no ruleset `{name}`");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>One inet table with the given objects and one base chain <c>entry</c> at forward 0 with the given rules.</summary>
    internal static string Forward(string rules, string objects = "", string policy = "accept") => $$"""
        table inet t {
          {{objects}}
          chain entry {
            type filter hook forward priority filter; policy {{policy}};
            {{rules}}
          }
        }
        """;
}
