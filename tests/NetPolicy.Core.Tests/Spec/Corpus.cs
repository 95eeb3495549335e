namespace NetPolicy.Spec.Tests;

/// <summary>The portable cases of the repository.</summary>
internal static class Corpus
{
    /// <summary>A folder of <c>tests/corpus</c>, found from the test assembly upwards.</summary>
    public static string Folder(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "corpus", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"no folder `tests/corpus/{name}` above `{AppContext.BaseDirectory}`");
    }
}
