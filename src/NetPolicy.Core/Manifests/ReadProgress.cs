namespace NetPolicy.Manifests;

/// <summary>How far reading has come.</summary>
/// <param name="File">The file that is being read, as the user named it; null if the text comes from elsewhere.</param>
/// <param name="Bytes">Bytes read so far, of all files.</param>
/// <param name="Objects">Objects read so far: documents, and the items of Lists.</param>
public readonly record struct ReadProgress(string? File, long Bytes, long Objects);
