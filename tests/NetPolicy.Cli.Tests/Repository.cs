namespace NetPolicy.Cli.Tests;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", ".vs", "artifacts", "TestResults", "node_modules"];

    public static string Root { get; } = Find();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    public static string RelativePath(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files with the extension below the root, in ordinal order, relative, with forward slashes; what builds leave is not looked at.</summary>
    public static IReadOnlyList<string> Files(string extension)
    {
        List<string> found = [];
        Collect(Root, extension, found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Collect(string folder, string extension, List<string> found)
    {
        found.AddRange(Directory.GetFiles(folder).Where(f => f.EndsWith(extension, StringComparison.Ordinal)).Select(RelativePath));
        foreach (string child in Directory.GetDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d))))
        {
            Collect(child, extension, found);
        }
    }

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NetPolicy.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests must run inside the repository");
    }
}
