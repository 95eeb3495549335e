using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>Waits until every packet that was under way has left the rules it was in.</summary>
internal static partial class PacketBarrier
{
    private const int Global = 1;

    // Rules run inside a read section of the kernel; the system call waits for the end of all that had begun.
    private static nint Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 324,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 283,
        _ => -1,
    };

    /// <summary>False if the kernel cannot do it.</summary>
    public static bool TryWait() => Number > 0 && SystemCall(Number, Global, 0, 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, int command, uint flags, int cpu);
}
