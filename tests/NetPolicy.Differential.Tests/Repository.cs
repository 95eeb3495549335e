using NetPolicy.Manifests;
using NetPolicy.Manifests.Expectations;
using Xunit;

namespace NetPolicy.Differential.Tests;

/// <summary>The repository's own data, seen from the test's binaries.</summary>
internal static class Repository
{
    private static readonly string s_root = Find();

    public static string PathOf(params string[] parts) => Path.Combine([s_root, .. parts]);

    /// <summary>Documents of files; expectations among them.</summary>
    public static IReadOnlyList<Manifest> Read(params string[] paths)
    {
        ManifestReadResult read = ManifestReader.ReadPaths(paths);
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.AsEnumerable()));
        return [.. read.Manifests];
    }

    /// <summary>Documents without expectations.</summary>
    public static IReadOnlyList<Manifest> ReadObjects(params string[] paths) => [.. Read(paths).Where(m => m is not ExpectationManifest)];

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "NetPolicy.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException($"no NetPolicy.sln above {AppContext.BaseDirectory}");
    }
}
