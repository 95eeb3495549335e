using System.Globalization;
using Xunit;

namespace NetPolicy.Differential.Tests.Dangers;

/// <summary>What a test under load has seen: for whoever looks at the test, and at the end of <c>./test.sh</c>.</summary>
internal static class Report
{
    private static readonly Lock s_lock = new();

    /// <summary>Adds a line; to the file that NETPOLICY_REPORT names, too.</summary>
    public static void Say(FormattableString text)
    {
        string line = text.ToString(CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("NETPOLICY_REPORT") is { Length: > 0 } path)
        {
            lock (s_lock)
            {
                File.AppendAllText(path, line + "\n");
            }
        }
    }
}
