using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Validation;

/// <summary>Tiers; three of them are fixed (Calico specification §1.7).</summary>
internal static class TierRules
{
    private const double DefaultOrder = 1_000_000;

    public static void Check(TierManifest tier, ValidationContext context)
    {
        FieldPath spec = FieldPath.Of("spec");
        if (tier.DefaultAction is not (null or "" or "Deny" or "Pass"))
        {
            context.Add(Findings.InvalidTier, spec.Child("defaultAction"), Cause.NotSupported, $"default action `{tier.DefaultAction}` is unknown, expected `Deny` or `Pass`");
        }

        (double Order, string Action)? fixedValues = tier.Metadata.Name switch
        {
            "kube-admin" => (1_000, "Pass"),
            "default" => (DefaultOrder, "Deny"),
            "kube-baseline" => (10_000_000, "Pass"),
            _ => null,
        };
        if (fixedValues is not var (order, action))
        {
            return;
        }

        // Absent values are judged as what clients fill in.
        if ((tier.Order ?? DefaultOrder) != order)
        {
            context.Add(Findings.InvalidTier, spec.Child("order"), Cause.Invalid, $"order of tier `{tier.Metadata.Name}` cannot be changed, expected {order:0}");
        }

        if ((string.IsNullOrEmpty(tier.DefaultAction) ? "Deny" : tier.DefaultAction) != action)
        {
            context.Add(Findings.InvalidTier, spec.Child("defaultAction"), Cause.Invalid, $"default action of tier `{tier.Metadata.Name}` cannot be changed, expected `{action}`");
        }
    }
}
