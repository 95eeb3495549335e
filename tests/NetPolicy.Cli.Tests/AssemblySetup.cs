using System.Runtime.CompilerServices;

// Commands read and write the process's console and its current folder.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace NetPolicy.Cli.Tests;

internal static class AssemblySetup
{
    /// <summary>Output is what a script sees, also when the tests run on a terminal.</summary>
    [ModuleInitializer]
    internal static void WithoutColour() => Environment.SetEnvironmentVariable("NO_COLOR", "1");
}
