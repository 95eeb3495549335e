using System.Reflection;
using System.Reflection.Metadata;

#pragma warning disable CA1050, CA1812 // The runtime looks for a type of this name in no namespace.

/// <summary>Runs in a test process before anything else: changes one method of the product as <c>NETPOLICY_DELTA</c> says.</summary>
internal static class StartupHook
{
    /// <summary>The name of the library, a colon, and where the change is.</summary>
    public const string Variable = "NETPOLICY_DELTA";

    /// <summary>Makes the change; a process where this fails does not come to its tests.</summary>
    public static void Initialize()
    {
        string[] parts = Environment.GetEnvironmentVariable(Variable)!.Split(':', 2);
        MetadataUpdater.ApplyUpdate(Assembly.Load(parts[0]), File.ReadAllBytes(parts[1] + ".metadata"), File.ReadAllBytes(parts[1] + ".il"), []);
    }
}
