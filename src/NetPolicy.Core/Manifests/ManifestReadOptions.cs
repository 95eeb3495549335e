namespace NetPolicy.Manifests;

/// <summary>Limits and modes of reading. The defaults fit any cluster; what exceeds a limit is a diagnostic, never an exception.</summary>
public sealed record ManifestReadOptions
{
    /// <summary>The default limits.</summary>
    public static ManifestReadOptions Default { get; } = new();

    /// <summary>Fields that a policy kind does not have. Default strict. In dumps of a cluster's inventory they are passed over in both modes.</summary>
    public FieldMode FieldMode { get; init; }

    /// <summary>Largest text that is read at all, in bytes of UTF-8. Default 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Largest text that is held in memory while it is read, in bytes of UTF-8: YAML, and JSON that is handed over as a whole. JSON from files and standard input is read
    /// in pieces, up to <see cref="MaxBytes"/>. Default 256 MiB.
    /// </summary>
    public long MaxHeldBytes { get; init; } = 256L << 20;

    /// <summary>Deepest nesting of lists and objects. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>
    /// Longest single value, in UTF-16 code units; in YAML also the longest run of comments or blank lines between two values. Default 4 Mi, more than an
    /// API server takes for a whole object.
    /// </summary>
    public int MaxValueLength { get; init; } = 4 << 20;

    /// <summary>
    /// Most values (scalars, lists and objects) of one text. In JSON, values inside fields that nobody reads, such as the environment of a container, are checked but
    /// neither kept nor counted. Default 8 Mi.
    /// </summary>
    public int MaxValues { get; init; } = 8 << 20;

    /// <summary>Most findings about one text; one more says that the rest is left out. Default 100 000.</summary>
    public int MaxFindings { get; init; } = 100_000;

    /// <summary>Who is told how far reading has come, on the thread that reads and some thousand times a gigabyte; null for nobody.</summary>
    public IProgress<ReadProgress>? Progress { get; init; }
}
