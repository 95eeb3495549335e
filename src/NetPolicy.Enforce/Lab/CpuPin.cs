namespace NetPolicy.Enforce.Lab;

/// <summary>Keeps the calling thread on the processor it is on, until disposed by the same thread.</summary>
internal readonly unsafe ref struct CpuPin : IDisposable
{
    private const int MaskBytes = 1024;

    private readonly byte[]? _before;

    private CpuPin(byte[] before) => _before = before;

    /// <summary>Pins the thread. Where that is refused it stays as it was, and only speed of settling suffers.</summary>
    internal static CpuPin ToCurrent() => To(LibC.CurrentCpu());

    /// <summary>Moves the thread to a processor and pins it there. Where that is refused it stays as it was.</summary>
    internal static CpuPin To(int cpu)
    {
        byte[] before = new byte[MaskBytes];
        byte[] one = new byte[MaskBytes];
        fixed (byte* mask = before)
        fixed (byte* target = one)
        {
            if (cpu is < 0 or >= MaskBytes * 8 || LibC.GetAffinity(0, MaskBytes, mask) < 0)
            {
                return default;
            }

            ((ulong*)target)[cpu / 64] |= 1UL << (cpu % 64);
            return LibC.SetAffinity(0, MaskBytes, target) < 0 ? default : new CpuPin(before);
        }
    }

    public void Dispose()
    {
        if (_before is null)
        {
            return;
        }

        fixed (byte* mask = _before)
        {
            _ = LibC.SetAffinity(0, MaskBytes, mask);
        }
    }
}
