using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Validation;

/// <summary>The <c>spec</c> of the four Calico policy kinds (Calico specification §1.2 to §1.4).</summary>
internal static class CalicoPolicyRules
{
    private const int MaxRules = 1024;

    public static void Check(CalicoPolicyManifest policy, ValidationContext context)
    {
        CalicoPolicySpec spec = policy.Spec ?? new CalicoPolicySpec();
        if (policy.IsStaged && !StagedPolicyRules.CheckAction(spec.StagedAction, context))
        {
            StagedPolicyRules.CheckDeletion(spec, context);
        }

        FieldPath path = FieldPath.Of("spec");
        if (spec.Tier is { Length: > 0 } tier)
        {
            context.AddEach(Findings.InvalidTierName, path.Child("tier"), "tier", tier, NameSyntax.Subdomain(tier));
        }

        CalicoSelectorRules.CheckPolicy(spec.Selector, path.Child("selector"), context);
        CalicoSelectorRules.CheckPolicy(spec.NamespaceSelector, path.Child("namespaceSelector"), context);
        CalicoSelectorRules.CheckPolicy(spec.ServiceAccountSelector, path.Child("serviceAccountSelector"), context);
        CheckTypes(spec, path.Child("types"), context);
        CheckStage(spec, path, context);
        CheckHints(spec.PerformanceHints ?? [], path.Child("performanceHints"), context);
        CheckRules(spec.Ingress ?? [], path.Child("ingress"), policy.IsGlobal, context);
        CheckRules(spec.Egress ?? [], path.Child("egress"), policy.IsGlobal, context);
        CheckDirections(spec, path, context);
    }

    public static void CheckRules(EquatableArray<CalicoRule> rules, FieldPath path, bool needsServiceNamespace, ValidationContext context)
    {
        if (rules.Count > MaxRules)
        {
            context.Add(Findings.TooManyItems, path, Cause.TooMany, $"found {rules.Count} rules, expected at most {MaxRules}");
        }

        for (int i = 0; i < rules.Count; i++)
        {
            CalicoRuleRules.Check(rules[i], path.At(i), context);
            CheckServiceNamespace(rules[i].Source, path.At(i).Child("source"), needsServiceNamespace, context);
            CheckServiceNamespace(rules[i].Destination, path.At(i).Child("destination"), needsServiceNamespace, context);
        }
    }

    private static void CheckServiceNamespace(EntityRule? entity, FieldPath path, bool needsNamespace, ValidationContext context)
    {
        if (needsNamespace && entity?.Services is { } services && string.IsNullOrEmpty(services.Namespace))
        {
            context.Add(Findings.IncompleteService, path.Child("services").Child("namespace"), Cause.Required, "service has no namespace, expected one: the policy is global");
        }
    }

    private static void CheckTypes(CalicoPolicySpec spec, FieldPath path, ValidationContext context)
    {
        if (spec.Types is not { } types)
        {
            return;
        }

        if (types.Count is 0 or > 2)
        {
            context.Add(Findings.InvalidTypes, path, Cause.Invalid, $"found {types.Count} types, expected `Ingress`, `Egress` or both");
        }

        for (int i = 0; i < types.Count; i++)
        {
            if (types[i] is not ("Ingress" or "Egress"))
            {
                context.Add(Findings.InvalidTypes, path.At(i), Cause.NotSupported, $"type `{types[i]}` is unknown, expected `Ingress` or `Egress`");
            }
        }

        ListRules.CheckUnique(types, path, context);
    }

    private static void CheckStage(CalicoPolicySpec spec, FieldPath path, ValidationContext context)
    {
        bool untracked = spec.DoNotTrack == true, preDnat = spec.PreDnat == true;
        if ((untracked || preDnat) && spec.ApplyOnForward != true)
        {
            string field = untracked ? "doNotTrack" : "preDNAT";
            context.Add(Findings.InvalidStage, path.Child("applyOnForward"), Cause.Invalid, $"policy has `{field}: true` without `applyOnForward: true`");
        }

        if (untracked && preDnat)
        {
            context.Add(Findings.InvalidStage, path.Child("preDNAT"), Cause.Forbidden, "policy has both `doNotTrack` and `preDNAT`, expected one of them");
        }

        if (preDnat && spec.Egress is { IsEmpty: false })
        {
            context.Add(Findings.InvalidStage, path.Child("egress"), Cause.Forbidden, "policy with `preDNAT` has egress rules, expected ingress rules only");
        }

        if (preDnat && spec.Types is { } types && types.AsEnumerable().Contains("Egress", StringComparer.Ordinal))
        {
            context.Add(Findings.InvalidStage, path.Child("types"), Cause.Forbidden, "policy with `preDNAT` has type `Egress`, expected `Ingress` only");
        }
    }

    private static void CheckHints(EquatableArray<string> hints, FieldPath path, ValidationContext context)
    {
        for (int i = 0; i < hints.Count; i++)
        {
            if (hints[i] != "AssumeNeededOnEveryNode")
            {
                context.Add(Findings.InvalidHint, path.At(i), Cause.NotSupported, $"hint `{hints[i]}` is unknown, expected `AssumeNeededOnEveryNode`");
            }
        }

        ListRules.CheckUnique(hints, path, context);
    }

    // R13 and R14: what depends on the direction.
    private static void CheckDirections(CalicoPolicySpec spec, FieldPath path, ValidationContext context)
    {
        EquatableArray<CalicoRule> ingress = spec.Ingress ?? [], egress = spec.Egress ?? [];
        for (int i = 0; i < ingress.Count; i++)
        {
            if (ingress[i].Destination?.Services is not null)
            {
                context.Add(Findings.ServicesOnOwnSide, path.Child("ingress").At(i).Child("destination").Child("services"), Cause.Forbidden, "ingress rule has `destination.services`, expected `source.services`");
            }
        }

        for (int i = 0; i < egress.Count; i++)
        {
            if (egress[i].Source?.Services is not null)
            {
                context.Add(Findings.ServicesOnOwnSide, path.Child("egress").At(i).Child("source").Child("services"), Cause.Forbidden, "egress rule has `source.services`, expected `destination.services`");
            }

            if (egress[i].Http is not null)
            {
                context.Add(Findings.HttpInEgress, path.Child("egress").At(i).Child("http"), Cause.Forbidden, "egress rule has `http`, expected it in ingress rules only");
            }
        }
    }
}
