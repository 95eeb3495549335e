namespace NetPolicy.Dsl.Tests;

/// <summary>Where the repository is, seen from the test's binaries.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "NetPolicy.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no NetPolicy.sln above {AppContext.BaseDirectory}");
    }
}
