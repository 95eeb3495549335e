using NetPolicy.Enforce.Lab;
using Xunit.v3;

namespace NetPolicy.Laws;

/// <summary>Tests that need a kernel ask here first.</summary>
public static class Kernel
{
    private static readonly Lazy<LabSupport> s_support = new(LabSupport.Check);

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
