namespace NetPolicy.Cli.Tests;

/// <summary>Texts that are kept in the repository. <c>NETPOLICY_UPDATE_GOLDEN=1</c> writes them instead of comparing.</summary>
internal static class Golden
{
    public static bool IsUpdating => Environment.GetEnvironmentVariable("NETPOLICY_UPDATE_GOLDEN") == "1";

    public static void Compare(string path, string actual)
    {
        if (IsUpdating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(
            expected == actual,
            $"{Repository.RelativePath(path)} is not what is printed now (NETPOLICY_UPDATE_GOLDEN=1 rewrites it)\n{Difference(expected, actual)}");
    }

    /// <summary>The first lines that differ.</summary>
    public static string Difference(string expected, string actual)
    {
        string[] before = expected.Split('\n'), now = actual.Split('\n');
        int line = 0;
        while (line < before.Length && line < now.Length && before[line] == now[line])
        {
            line++;
        }

        return $"line {line + 1}\n- {(line < before.Length ? before[line] : "(end)")}\n+ {(line < now.Length ? now[line] : "(end)")}";
    }
}
