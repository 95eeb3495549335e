using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Inventory;

/// <summary>
/// A profile that nobody wrote: of a namespace, of a service account, or the one that allows everything (Calico specification §3.1, §7.3).
/// Its rules are made when somebody asks for them.
/// </summary>
internal sealed class BuiltInProfile(string name, bool allows, LabelSet labels)
{
    /// <summary>Given to host endpoints by those who want them open.</summary>
    public static readonly BuiltInProfile DefaultAllow = new("projectcalico-default-allow", allows: true, LabelSet.Empty);

    private Profile? _profile;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Labels that endpoints inherit.</summary>
    public LabelSet Labels => labels;

    /// <summary>The profile; the same for all who ask.</summary>
    public Profile Profile => _profile ?? Interlocked.CompareExchange(ref _profile, Make(), null) ?? _profile;

    /// <summary>The profile that a document describes.</summary>
    public static Profile Of(ProfileManifest manifest) => new()
    {
        Source = manifest,
        Labels = new LabelSet(manifest.LabelsToApply ?? default),
        Ingress = CalicoNormalizer.Rules(manifest, null, Direction.Ingress, manifest.Ingress ?? default),
        Egress = CalicoNormalizer.Rules(manifest, null, Direction.Egress, manifest.Egress ?? default),
    };

    private Profile Make()
    {
        EquatableArray<CalicoRule> rules = allows ? [new CalicoRule { Action = "Allow" }] : [];
        return Of(new ProfileManifest { Metadata = new ObjectMetadata { Name = name }, Ingress = rules, Egress = rules, LabelsToApply = labels.Entries });
    }
}
