using NetPolicy.Engine;

namespace NetPolicy.Enforce;

/// <summary>Turns a snapshot into the rules of one node.</summary>
public static class RulesetCompiler
{
    /// <summary>
    /// The rules that make <paramref name="node"/> decide as <paramref name="snapshot"/> does. Depends on nothing else; equal input gives an equal ruleset.
    /// Everything that cannot be said in rules is in the result's diagnostics.
    /// </summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static CompiledRuleset Compile(Snapshot snapshot, string node, EnforcementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentException.ThrowIfNullOrEmpty(node);
        options ??= EnforcementOptions.Default;
        options.Check();
        return new Compilation.NodeCompiler(snapshot, node, options, new Compilation.CompilationMemory()).Compile();
    }
}
