using System.Reflection;

namespace NetPolicy.Cli.Tests;

/// <summary>The libraries that users reference.</summary>
internal static class Libraries
{
    public static Assembly Core => typeof(Engine.PolicyEngine).Assembly;

    public static Assembly Dsl => typeof(Dsl.PolicySet).Assembly;

    public static Assembly Enforce => typeof(Enforce.Lab.PacketLab).Assembly;

    public static IReadOnlyList<Assembly> Assemblies => [Core, Dsl, Enforce];
}
