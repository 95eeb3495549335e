using NetPolicy.Manifests.Calico;

namespace NetPolicy.Validation;

/// <summary>Profiles (Calico specification §1.7).</summary>
internal static class ProfileRules
{
    public static void Check(ProfileManifest profile, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        CalicoPolicyRules.CheckRules(profile.Ingress ?? [], path.Child("ingress"), needsServiceNamespace: false, context);
        CalicoPolicyRules.CheckRules(profile.Egress ?? [], path.Child("egress"), needsServiceNamespace: false, context);
        if (profile.LabelsToApply is { } labels)
        {
            MetadataRules.CheckLabels(labels, path.Child("labelsToApply"), context);
        }
    }
}
