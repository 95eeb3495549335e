namespace NetPolicy.Manifests.Codecs;

/// <summary>What becomes of a field.</summary>
internal enum FieldUse : byte
{
    /// <summary>The object has no such field.</summary>
    Unknown = 0,

    /// <summary>It may be written and means nothing here.</summary>
    Ignored,

    /// <summary>It is read.</summary>
    Read,
}
