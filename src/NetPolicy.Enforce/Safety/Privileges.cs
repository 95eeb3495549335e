using System.Globalization;
using System.Runtime.InteropServices;

namespace NetPolicy.Enforce.Safety;

/// <summary>The capabilities of this process.</summary>
public static unsafe partial class Privileges
{
    private const uint Version3 = 0x2008_0522;
    private const int DropFromBoundingSet = 24;
    private const int NoNewPrivileges = 38;

    /// <summary>True if the calling thread may use a capability.</summary>
    public static bool Has(Capability capability)
    {
        Header header = new() { Version = Version3 };
        Sets* sets = stackalloc Sets[2];
        return GetCapabilities(&header, sets) == 0 && (sets[0].Effective & (1u << (int)capability)) != 0;
    }

    /// <summary>
    /// Gives up everything else: for the calling thread and whatever it starts from now on, programs included. Threads that the runtime started before keep what they
    /// have; they run nothing of ours. Call it first, from the first thread.
    /// </summary>
    /// <returns>False if the kernel refused, which leaves things as they were.</returns>
    public static bool KeepOnly(params IReadOnlyCollection<Capability> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        uint mask = 0;
        foreach (Capability capability in kept.Where(c => c != Capability.None))
        {
            mask |= 1u << (int)capability;
        }

        // What is gone from the bounding set no program that is started can have, though it be root's.
        for (int capability = 0; capability <= LastCapability(); capability++)
        {
            if (capability > 31 || (mask & (1u << capability)) == 0)
            {
                _ = Control(DropFromBoundingSet, (nuint)capability, 0, 0, 0);
            }
        }

        _ = Control(NoNewPrivileges, 1, 0, 0, 0);
        Header header = new() { Version = Version3 };
        Sets* sets = stackalloc Sets[2];
        if (GetCapabilities(&header, sets) != 0)
        {
            return false;
        }

        sets[0].Effective &= mask;
        sets[0].Permitted &= mask;
        sets[0].Inheritable = 0;
        sets[1] = default;
        return SetCapabilities(&header, sets) == 0;
    }

    private static int LastCapability()
    {
        try
        {
            return int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return 63;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Sets
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int GetCapabilities(Header* header, Sets* sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(Header* header, Sets* sets);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);
}
