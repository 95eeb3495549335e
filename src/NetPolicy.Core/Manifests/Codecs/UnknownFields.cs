namespace NetPolicy.Manifests.Codecs;

/// <summary>What a field without a meaning is.</summary>
internal enum UnknownFields : byte
{
    /// <summary>An error: the document was written by hand and somebody expects the field to do something.</summary>
    Refuse = 0,

    /// <summary>Nothing: the document is a dump of a running cluster, of which policy sees a small part.</summary>
    Ignore,
}
