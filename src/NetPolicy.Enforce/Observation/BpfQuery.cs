using System.Runtime.InteropServices;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>Asks the kernel whether programs are attached to an interface in ways that routing netlink does not list.</summary>
internal static unsafe partial class BpfQuery
{
    private const int QueryPrograms = 16;
    private const int InvalidArgument = 22;

    /// <summary>Attach types of the kernel's <c>enum bpf_attach_type</c>, and what they are called.</summary>
    public static readonly (uint Type, string Place)[] Places = [(46, "tcx ingress"), (47, "tcx egress"), (54, "netkit"), (55, "netkit")];

    /// <summary>True if programs are attached; null if the kernel would not tell.</summary>
    public static bool? IsAttached(int interfaceIndex, uint attachType)
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 321,
            Architecture.Arm64 => 280,
            _ => -1,
        };
        if (number < 0)
        {
            return null;
        }

        // union bpf_attr, member query: interface, attach type, flags, answer flags, pointer to ids, their number.
        uint* attributes = stackalloc uint[32];
        new Span<uint>(attributes, 32).Clear();
        attributes[0] = (uint)interfaceIndex;
        attributes[1] = attachType;
        if (SystemCall(number, QueryPrograms, (nint)attributes, 32 * sizeof(uint)) == 0)
        {
            return attributes[6] > 0;
        }

        // A kernel that does not know the attach type, or an interface that is none of that kind, has nothing attached there.
        return Marshal.GetLastPInvokeError() is InvalidArgument or 2 or 13 or 95 ? (Marshal.GetLastPInvokeError() == 13 && attachType < 54 ? null : false) : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint command, nint attributes, nint size);
}
