namespace NetPolicy.Manifests;

/// <summary>Limits of reading. The defaults fit any cluster; what exceeds them is a diagnostic, never an exception.</summary>
public sealed record ManifestReadOptions
{
    /// <summary>The default limits.</summary>
    public static ManifestReadOptions Default { get; } = new();

    /// <summary>Largest text that is parsed, in bytes of UTF-8; checked before parsing. Default 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Deepest nesting of lists and objects. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;
}
