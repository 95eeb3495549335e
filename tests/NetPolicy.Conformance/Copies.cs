namespace NetPolicy.Conformance;

/// <summary>Copies of the repository, to change and build in.</summary>
internal static class Copies
{
    /// <summary>Copies what compiling and the named test projects need.</summary>
    public static void Make(string root, string copy, IReadOnlySet<string> testProjects)
    {
        Copy(root, copy, "", testProjects);
    }

    private static void Copy(string root, string copy, string relative, IReadOnlySet<string> testProjects)
    {
        string from = Path.Combine(root, relative);
        Directory.CreateDirectory(Path.Combine(copy, relative));
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(copy, relative, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from).Where(f => IsNeeded(Path.GetRelativePath(root, f).Replace('\\', '/'), testProjects)))
        {
            Copy(root, copy, Path.GetRelativePath(root, folder), testProjects);
        }
    }

    // Generated sources are in obj; the programs that run are in bin of the test projects.
    private static bool IsNeeded(string folder, IReadOnlySet<string> testProjects)
    {
        string[] parts = folder.Split('/');
        return parts[^1] switch
        {
            ".git" or ".vs" or "artifacts" or "TestResults" or "node_modules" => false,
            "obj" => parts[0] == "src",
            "bin" => parts[0] == "tests" && testProjects.Contains(parts[1]),
            _ => true,
        };
    }
}
