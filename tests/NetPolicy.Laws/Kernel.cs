using NetPolicy.Enforce.Lab;
using Xunit.v3;

namespace NetPolicy.Laws;

/// <summary>Tests that need a kernel ask here first.</summary>
public static class Kernel
{
    private static readonly Lazy<LabSupport> s_support = new(LabSupport.Check);

    /// <summary>After how long without an answer a connection is taken for cut: a thousand times what an answer takes, and long enough for one more try of TCP.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Returns if this machine can run a lab; else skips the test with the reason. With NETPOLICY_REQUIRE_KERNEL=1 and root on Linux
    /// the test fails instead, so that a machine meant to run these tests cannot quietly run none.
    /// </summary>
    public static void RequireLab()
    {
        LabSupport support = s_support.Value;
        if (support.IsAvailable)
        {
            return;
        }

        bool required = Environment.GetEnvironmentVariable("NETPOLICY_REQUIRE_KERNEL") == "1";
        if (required && OperatingSystem.IsLinux() && support.IsRoot)
        {
            throw new InvalidOperationException("NETPOLICY_REQUIRE_KERNEL=1, but: " + support.Reason);
        }

        throw new InvalidOperationException(DynamicSkipToken.Value + support.Reason);
    }
}
