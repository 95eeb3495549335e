using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Validation;

/// <summary>What is particular to staged policies (Calico specification §1.4).</summary>
internal static class StagedPolicyRules
{
    private static readonly FieldPath Spec = FieldPath.Of("spec");

    public static void Check(StagedKubernetesNetworkPolicyManifest policy, ValidationContext context)
    {
        if (!CheckAction(policy.StagedAction, context) && (policy.Spec ?? new NetworkPolicySpec()) != new NetworkPolicySpec() && !IsBlank(policy.Spec!))
        {
            ReportDeletion(context);
        }

        NetworkPolicyRules.Check(policy.Spec, context);
        ConvertedPolicyRules.Check(policy.Spec, context);
    }

    /// <summary>Checks <c>stagedAction</c>. False if it is <c>Delete</c>.</summary>
    public static bool CheckAction(string? action, ValidationContext context)
    {
        if (action is not (null or "" or "Set" or "Delete" or "Learn" or "Ignore"))
        {
            context.Add(Findings.InvalidStagedAction, Spec.Child("stagedAction"), Cause.NotSupported, $"staged action `{action}` is unknown, expected `Set`, `Delete`, `Learn` or `Ignore`");
        }

        return action != "Delete";
    }

    /// <summary>A staged deletion keeps nothing but its tier.</summary>
    public static void CheckDeletion(CalicoPolicySpec spec, ValidationContext context)
    {
        bool isBlank = spec.Order is null
            && string.IsNullOrEmpty(spec.Selector) && string.IsNullOrEmpty(spec.NamespaceSelector) && string.IsNullOrEmpty(spec.ServiceAccountSelector)
            && spec.Ingress is not { IsEmpty: false } && spec.Egress is not { IsEmpty: false }
            && spec.Types is not { IsEmpty: false } && spec.PerformanceHints is not { IsEmpty: false }
            && spec.DoNotTrack != true && spec.PreDnat != true && spec.ApplyOnForward != true;
        if (!isBlank)
        {
            ReportDeletion(context);
        }
    }

    private static void ReportDeletion(ValidationContext context) =>
        context.Add(Findings.DeleteWithSpec, Spec, Cause.Invalid, "staged `Delete` has further fields, expected none");

    private static bool IsBlank(NetworkPolicySpec spec) =>
        spec.Ingress is not { IsEmpty: false } && spec.Egress is not { IsEmpty: false } && spec.PolicyTypes is not { IsEmpty: false }
        && spec.PodSelector is not { MatchLabels.IsEmpty: false } and not { MatchExpressions.IsEmpty: false };
}
