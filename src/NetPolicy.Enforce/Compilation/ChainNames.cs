namespace NetPolicy.Enforce.Compilation;

/// <summary>Names that several parts of the compiler use.</summary>
internal static class ChainNames
{
    public const string Ok = "ok";
    public const string Deny = "deny";
    public const string Refuse = "refuse";
    public const string Known = "known";
    public const string Accepted = "accepted";
    public const string Spoofed = "spoofed";
    public const string Closed = "closed";
    public const string Skip = "skip";
    public const string FindSource = "src_id";
    public const string FindDestination = "dst_id";
    public const string Mark = "mark";
    public const string Epoch = "epoch";
    public const string Previous = "prev";
    public const string Neighbours = "nd_raw";
    public const string WorkloadInterfaces = "wl_if";
    public const string Bridges = "br_if";
    public const string ToBridge = "to_bridge";
}
