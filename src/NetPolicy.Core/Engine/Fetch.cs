using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace NetPolicy.Engine;

/// <summary>
/// Has places in memory brought near before they are read, so that many are on their way at once. Nothing depends on it but time: a processor
/// ignores an address that is not there, so an object may move meanwhile.
/// </summary>
internal static unsafe class Fetch
{
    /// <summary>The line of memory that a place is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
        else
        {
            _ = Volatile.Read(ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in place)));
        }
    }

    /// <summary>The line in which an object begins; nothing if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Object(object? one) => Object(one, 0);

    /// <summary>The first lines of an object with many fields; nothing if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Large(object? one)
    {
        Object(one, 0);
        Object(one, 64);
        Object(one, 128);
        Object(one, 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Object(object? one, int offset)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((byte*)Unsafe.As<object?, nint>(ref one) + offset);
        }
        else if (one is not null && offset == 0)
        {
            _ = Volatile.Read(ref Unsafe.As<StrongBox<byte>>(one).Value);
        }
    }
}
