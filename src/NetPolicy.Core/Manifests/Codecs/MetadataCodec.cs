using NetPolicy.Manifests.Nodes;
using F = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.ObjectMetadata>;

namespace NetPolicy.Manifests.Codecs;

/// <summary><c>metadata</c>; what servers add is passed over.</summary>
internal static class MetadataCodec
{
    public static readonly ObjectCodec<ObjectMetadata> Codec = new(
        ObjectMetadata.Empty,
        F.Text("name", m => m.Name, (m, v) => m with { Name = v }),
        F.Text("generateName", m => m.GenerateName, (m, v) => m with { GenerateName = v }),
        F.Text("namespace", m => m.Namespace, (m, v) => m with { Namespace = v }),
        F.TextMap("labels", m => m.Labels, (m, v) => m with { Labels = v }),
        F.TextMap("annotations", m => m.Annotations, (m, v) => m with { Annotations = v }),
        new DeletionField(),
        F.Ignored("uid"),
        F.Ignored("resourceVersion"),
        F.Ignored("creationTimestamp"),
        F.Ignored("deletionGracePeriodSeconds"),
        F.Ignored("generation"),
        F.Ignored("managedFields"),
        F.Ignored("ownerReferences"),
        F.Ignored("finalizers"),
        F.Ignored("selfLink"));

    /// <summary>The field of a manifest; left out when nothing is written.</summary>
    public static Field<T> Of<T>()
        where T : Manifest =>
        Fields<T>.Object("metadata", Codec, m => m.Metadata == ObjectMetadata.Empty ? null : m.Metadata, (m, v) => m with { Metadata = v });

    // Only whether it is set matters, so that is all that is kept; written back is the earliest time there is.
    private sealed class DeletionField() : Field<ObjectMetadata>("deletionTimestamp")
    {
        public override ObjectMetadata Read(ObjectMetadata target, ManifestNode node, ReadContext context) =>
            ScalarCodecs.Text.TryRead(node, context, out _) ? target with { IsDeleting = true } : target;

        public override ManifestNode? Write(ObjectMetadata source) => source.IsDeleting ? ScalarNode.OfText("1970-01-01T00:00:00Z") : null;
    }
}
