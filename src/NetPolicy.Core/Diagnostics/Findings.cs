namespace NetPolicy.Diagnostics;

/// <summary>Every kind of finding the product can report; one file per range of ids.</summary>
public static partial class Findings
{
    // Makes every field of every part be initialised before any member is used, so that All is complete.
    static Findings()
    {
    }

    /// <summary>All descriptors in ascending order of id.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All => [.. Registry.Items.OrderBy(item => item.Id, StringComparer.Ordinal)];

    private static DiagnosticDescriptor Error(string id, string title, string help) => Register(new(id, DiagnosticSeverity.Error, title, help));

    private static DiagnosticDescriptor Warning(string id, string title, string help) => Register(new(id, DiagnosticSeverity.Warning, title, help));

    private static DiagnosticDescriptor Register(DiagnosticDescriptor descriptor)
    {
        Registry.Items.Add(descriptor);
        return descriptor;
    }

    // A class of its own, so that the list exists before the first field of any part of Findings is initialised.
    private static class Registry
    {
        public static readonly List<DiagnosticDescriptor> Items = [];
    }
}
