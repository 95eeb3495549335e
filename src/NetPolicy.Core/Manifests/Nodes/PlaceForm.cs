namespace NetPolicy.Manifests.Nodes;

/// <summary>What stands at an encoded place.</summary>
internal enum PlaceForm : byte
{
    Null = 0,
    Scalar,
    Mapping,
    Sequence,
}
