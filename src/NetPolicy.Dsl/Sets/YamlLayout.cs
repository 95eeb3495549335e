namespace NetPolicy.Dsl;

/// <summary>How the documents of a set are spread over files.</summary>
public enum YamlLayout : byte
{
    /// <summary>All in <c>NAME.yaml</c>, where NAME is the set's.</summary>
    OneFile = 0,

    /// <summary>One file a namespace, <c>NAMESPACE.yaml</c>; what lives in none is in <c>_cluster.yaml</c>.</summary>
    FilePerNamespace,

    /// <summary>One file a document, <c>NAMESPACE/kind-name.yaml</c>; what lives in no namespace is in the folder <c>_cluster</c>.</summary>
    FilePerPolicy,
}
