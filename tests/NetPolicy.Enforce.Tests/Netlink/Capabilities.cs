using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>Gives up the calling thread's privileges, for threads that end soon.</summary>
internal static unsafe partial class Capabilities
{
    private const uint Version3 = 0x20080522;

    public static void DropAll()
    {
        uint* header = stackalloc uint[2] { Version3, 0 };
        uint* data = stackalloc uint[6];
        new Span<uint>(data, 6).Clear();
        if (SetCapabilities(header, data) != 0)
        {
            throw new InvalidOperationException("privileges cannot be given up");
        }
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(uint* header, uint* data);
}
