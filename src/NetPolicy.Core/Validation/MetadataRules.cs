using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Validation;

/// <summary>Names, namespaces, labels and annotations (Kubernetes specification §2.1 rules 1 to 6, Calico specification §1.8).</summary>
internal static class MetadataRules
{
    private const int MaxAnnotationBytes = 262_144;

    public static void Check(Manifest manifest, ValidationContext context)
    {
        ObjectMetadata metadata = manifest.Metadata;
        CheckName(manifest, context);
        CheckNamespace(manifest, context);
        if (metadata.Labels is { } labels)
        {
            CheckLabels(labels, FieldPath.Metadata("labels"), context);
        }

        if (metadata.Annotations is { } annotations)
        {
            CheckAnnotations(annotations, FieldPath.Metadata("annotations"), context);
        }

        if (manifest is NetworkSetManifest or GlobalNetworkSetManifest && metadata.Labels is { } set && set.ContainsKey("projectcalico.org/namespace"))
        {
            context.Add(Findings.ReservedLabel, FieldPath.Metadata("labels"), Cause.Forbidden, "label `projectcalico.org/namespace` is reserved, Calico sets it itself");
        }
    }

    public static void CheckLabels(EquatableMap<string> labels, FieldPath path, ValidationContext context)
    {
        foreach ((string key, string value) in labels)
        {
            context.AddEach(Findings.InvalidLabel, path, "label key", key, NameSyntax.QualifiedName(key));
            context.AddEach(Findings.InvalidLabel, path, "label value", value, NameSyntax.LabelValue(value));
        }
    }

    public static void CheckAnnotations(EquatableMap<string> annotations, FieldPath path, ValidationContext context)
    {
        long bytes = 0;
        foreach ((string key, string value) in annotations)
        {
            context.AddEach(Findings.InvalidAnnotation, path, "annotation key", key, NameSyntax.QualifiedName(key.ToLowerInvariant()));
            bytes += System.Text.Encoding.UTF8.GetByteCount(key) + System.Text.Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > MaxAnnotationBytes)
        {
            context.Add(Findings.AnnotationsTooLong, path, Cause.TooLong, $"annotations have {bytes} bytes, expected at most {MaxAnnotationBytes}");
        }
    }

    private static void CheckName(Manifest manifest, ValidationContext context)
    {
        FieldPath path = FieldPath.Metadata("name");
        string name = manifest.Metadata.Name ?? "";
        string prefix = manifest.Metadata.GenerateName ?? "";
        if (name.Length == 0 && prefix.Length == 0)
        {
            context.Add(Findings.NameRequired, path, Cause.Required, "name is missing, expected `name` or `generateName`");
        }

        if (name.Length > 0)
        {
            context.AddEach(Findings.InvalidName, path, "name", name, NameFaults(manifest, name));
        }

        if (prefix.Length > 0)
        {
            // A generated name continues after the prefix, so a hyphen may end it.
            string example = prefix.Length > 1 && prefix[^1] == '-' ? prefix[..^1] + "a" : prefix;
            context.AddEach(Findings.InvalidName, FieldPath.Metadata("generateName"), "name prefix", prefix, NameFaults(manifest, example));
        }
    }

    private static IEnumerable<string> NameFaults(Manifest manifest, string name) => manifest switch
    {
        TierManifest or NamespaceManifest => NameSyntax.Label(name),
        CalicoPolicyManifest policy => CalicoPolicyName(policy, name),
        _ => NameSyntax.Subdomain(name),
    };

    private static IEnumerable<string> CalicoPolicyName(CalicoPolicyManifest policy, string name)
    {
        if (policy.IsNamespaced
            && (name.StartsWith("knp.default.", StringComparison.Ordinal) || name.StartsWith("ossg.default.", StringComparison.Ordinal)))
        {
            return NameSyntax.Subdomain(name);
        }

        List<string> faults = [.. NameSyntax.Subdomain(name)];
        if (faults.Count == 0 && name.Count(c => c == '.') > 1)
        {
            faults.Add("has more than one dot, expected `name` or `tier.name`");
        }

        return faults;
    }

    private static void CheckNamespace(Manifest manifest, ValidationContext context)
    {
        if (manifest.Metadata.Namespace is not { Length: > 0 } name)
        {
            return;
        }

        FieldPath path = FieldPath.Metadata("namespace");
        if (!manifest.IsNamespaced)
        {
            context.Add(Findings.NamespaceForbidden, path, Cause.Forbidden, $"{manifest.Kind} has namespace `{name}`, expected none: the kind is cluster-wide");
        }

        context.AddEach(Findings.InvalidNamespace, path, "namespace", name, NameSyntax.Label(name));
    }
}
