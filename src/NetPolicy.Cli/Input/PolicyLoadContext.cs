using System.Reflection;
using System.Runtime.Loader;

namespace NetPolicy.Cli.Input;

/// <summary>
/// Loads an assembly with what lies beside it: its own version of the language writes its documents. What does not lie there is this tool's.
/// </summary>
internal sealed class PolicyLoadContext(string path) : AssemblyLoadContext("policies", isCollectible: true)
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
}
