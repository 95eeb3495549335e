namespace NetPolicy.Enforce.Netlink;

/// <summary>What loads a field.</summary>
internal enum FieldSource : byte
{
    /// <summary>The expression <c>meta</c>.</summary>
    Meta = 0,

    /// <summary>The expression <c>ct</c>.</summary>
    Connection,

    /// <summary>The expression <c>payload</c>.</summary>
    Payload,
}
