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
/// <param name="name">Its name.</param>
/// <param name="allows">True if it allows everything; otherwise it has no rule.</param>
/// <param name="prefix">What stands before the keys of the labels it passes on; null if it passes on none.</param>
/// <param name="source">Labels of the namespace or service account.</param>
/// <param name="owner">Name of the namespace or service account.</param>
internal sealed class BuiltInProfile(string name, bool allows, string? prefix, LabelSet source, string owner)
{
    /// <summary>Given to host endpoints by those who want them open.</summary>
    public static readonly BuiltInProfile DefaultAllow = new("projectcalico-default-allow", allows: true, null, LabelSet.Empty, "");

    private Profile? _profile;
    private KeyValuePair<string, string>[]? _labels;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Labels of the namespace or service account.</summary>
    public LabelSet Source => source;

    /// <summary>Labels that endpoints inherit. Composed when first asked for.</summary>
    public LabelSet Labels
    {
        get
        {
            _labels ??= Compose().Entries.Sorted;
            return new LabelSet(EquatableMap<string>.FromSorted(_labels));
        }
    }

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

    /// <summary>Labels that endpoints inherit from a profile as <see cref="Cluster.FindProfileSource"/> knows it.</summary>
    public static LabelSet LabelsOf(object? profile) => profile switch
    {
        Profile written => written.Labels,
        BuiltInProfile builtIn => builtIn.Labels,
        _ => LabelSet.Empty,
    };

    private LabelSet Compose() => prefix is null
        ? LabelSet.Empty
        : LabelMerge.With(LabelMerge.WithPrefix(source, prefix), PrefixedKeys.Of(prefix, "projectcalico.org/name"), owner);

    private Profile Make()
    {
        EquatableArray<CalicoRule> rules = allows ? [new CalicoRule { Action = "Allow" }] : [];
        return Of(new ProfileManifest { Metadata = new ObjectMetadata { Name = name }, Ingress = rules, Egress = rules, LabelsToApply = Labels.Entries });
    }
}
