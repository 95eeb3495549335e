namespace NetPolicy.Manifests.Nodes;

/// <summary>What a scalar is once YAML or JSON has typed it.</summary>
internal enum ScalarKind : byte
{
    Null = 0,
    Text,
    Boolean,
    Integer,
    Float,
}
