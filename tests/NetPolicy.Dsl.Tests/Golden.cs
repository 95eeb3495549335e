using Xunit;

namespace NetPolicy.Dsl.Tests;

/// <summary>Compares text with a checked-in file; NETPOLICY_UPDATE_GOLDEN=1 writes the file instead.</summary>
internal static class Golden
{
    public static void Check(string relative, string text)
    {
        string path = Repository.PathOf(relative);
        if (Environment.GetEnvironmentVariable("NETPOLICY_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }

        Assert.True(File.Exists(path), $"{relative} is missing; run the tests with NETPOLICY_UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), text);
    }
}
