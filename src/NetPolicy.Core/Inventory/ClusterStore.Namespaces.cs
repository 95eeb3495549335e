using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Inventory;

/// <summary>Namespaces, service accounts, profiles, and the shapes that depend on them.</summary>
internal sealed partial class ClusterStore
{
    private const string MetadataName = "kubernetes.io/metadata.name";
    private const string NamespaceProfile = "kns.";
    private const string AccountProfile = "ksa.";

    private readonly Dictionary<string, NamespaceState> _namespaces = new(StringComparer.Ordinal);
    private readonly PersistentMap<string, NamespaceEntry>.Builder _entries = PersistentMap<string, NamespaceEntry>.Empty.ToBuilder();
    private readonly PersistentMap<string, Profile>.Builder _writtenProfiles = PersistentMap<string, Profile>.Empty.ToBuilder();
    private readonly PersistentMap<string, BuiltInProfile>.Builder _accountProfiles = PersistentMap<string, BuiltInProfile>.Empty.ToBuilder();
    private readonly ShapeTable _shapes = new();

    // Endpoints that list profiles themselves, by profile.
    private readonly Dictionary<string, HashSet<int>> _profileUsers = new(StringComparer.Ordinal);

    private readonly List<NamespaceState> _listedNamespaces = [];
    private readonly List<(NamespaceState Namespace, AccountState Account)> _listedAccounts = [];
    private readonly HashSet<string> _listedProfiles = new(StringComparer.Ordinal);
    private readonly List<string> _changedNamespaces = [];
    private readonly List<string> _changedProfiles = [];
    private NamespaceState? _lastNamespace;

    private NamespaceState NamespaceOf(string name)
    {
        if (_lastNamespace is { } last && last.Name == name)
        {
            return last;
        }

        if (!_namespaces.TryGetValue(name, out NamespaceState? state))
        {
            _namespaces[name] = state = new NamespaceState(name);
        }

        return _lastNamespace = state;
    }

    private static AccountState AccountOf(NamespaceState space, string? name)
    {
        if (space.Find(name) is { } known)
        {
            return known;
        }

        string ofNamespace = space.Accounts is { } first ? first.Profiles[0] : space.Entry?.Profile.Name ?? NamespaceProfile + space.Name;
        AccountState state = new(name, name is null ? [ofNamespace] : [ofNamespace, $"{AccountProfile}{space.Name}.{name}"]);
        space.Add(state);
        return state;
    }

    private void List(NamespaceState space)
    {
        if (!space.IsListed)
        {
            space.IsListed = true;
            _listedNamespaces.Add(space);
        }
    }

    private void List(NamespaceState space, AccountState account)
    {
        if (!account.IsListed)
        {
            account.IsListed = true;
            _listedAccounts.Add((space, account));
        }
    }

    // Namespaces that are used but not declared exist, and so do service accounts that pods name (Kubernetes specification §4, §5.10).
    private void CountUses(Manifest? old, Manifest? now)
    {
        string? oldSpace = old?.EffectiveNamespace, newSpace = now?.EffectiveNamespace;
        string? oldAccount = old is null ? null : DocumentFacts.AccountOf(old), newAccount = now is null ? null : DocumentFacts.AccountOf(now);
        if (oldSpace == newSpace && oldAccount == newAccount)
        {
            return;
        }

        if (oldSpace is not null)
        {
            Count(NamespaceOf(oldSpace), oldAccount, -1);
        }

        if (newSpace is not null)
        {
            Count(NamespaceOf(newSpace), newAccount, 1);
        }
    }

    private void Count(NamespaceState space, string? account, int by)
    {
        bool existed = space.Exists;
        space.Uses += by;
        if (existed != space.Exists)
        {
            List(space);
        }

        if (account is not null)
        {
            AccountState state = AccountOf(space, account);
            existed = state.Exists;
            state.Uses += by;
            if (existed != state.Exists)
            {
                List(space, state);
            }
        }
    }

    private void SetProfile(string name, ProfileManifest? manifest)
    {
        _listedProfiles.Add(name);
        _ = manifest is null ? _writtenProfiles.Remove(name) : _writtenProfiles.Set(name, BuiltInProfile.Of(manifest));
    }

    private void ResolveNamespaces()
    {
        foreach (NamespaceState space in _listedNamespaces)
        {
            Resolve(space);
        }

        foreach ((NamespaceState space, AccountState account) in _listedAccounts)
        {
            Resolve(space, account);
        }

        if (_listedProfiles.Count == 0 && _changedNamespaces.Count == 0)
        {
            return;
        }

        HashSet<int> reached = [];
        foreach (string name in _changedNamespaces)
        {
            Reach(_namespaces[name], null, reached);
        }

        foreach (string profile in _listedProfiles)
        {
            Resolve(profile, reached);
        }

        _listedProfiles.Clear();
        Refresh(reached);
    }

    private void Resolve(NamespaceState space)
    {
        LabelSet labels = space.Declared is { } declared
            ? LabelMerge.With(DocumentFacts.LabelsOf(declared), MetadataName, space.Name)
            : LabelSet.Of((MetadataName, space.Name));
        if (space.Exists ? space.Entry?.Labels == labels : space.Entry is null)
        {
            return;
        }

        string profile = space.Entry?.Profile.Name ?? (space.Accounts is { } first ? first.Profiles[0] : NamespaceProfile + space.Name);
        _changedNamespaces.Add(space.Name);
        _listedProfiles.Add(profile);
        if (space.Exists)
        {
            space.Entry = new NamespaceEntry(
                space.Name, labels, new BuiltInProfile(profile, allows: true, CalicoNormalizer.NamespacePrefix, labels, space.Name));
            _entries.Set(space.Name, space.Entry);
        }
        else
        {
            space.Entry = null;
            _entries.Remove(space.Name);
        }
    }

    private void Resolve(NamespaceState space, AccountState account)
    {
        account.IsListed = false;
        BuiltInProfile? before = account.Profile;
        if (account.Exists)
        {
            LabelSet own = account.Declared is { } declared ? DocumentFacts.LabelsOf(declared) : LabelSet.Empty;
            if (before?.Source != own)
            {
                account.Profile = new BuiltInProfile(account.ProfileName, allows: false, CalicoNormalizer.ServiceAccountPrefix, own, account.Name!);
            }
        }
        else
        {
            account.Profile = null;
            space.Remove(account);
        }

        if (ReferenceEquals(before, account.Profile))
        {
            return;
        }

        // Two accounts share a profile's name only where a dot is part of a namespace's name; the shorter namespace's counts.
        _listedProfiles.Add(account.ProfileName);
        BuiltInProfile? named = AccountsNamed(account.ProfileName).Select(a => a.Account.Profile).FirstOrDefault(p => p is not null);
        _ = named is null ? _accountProfiles.Remove(account.ProfileName) : _accountProfiles.Set(account.ProfileName, named);
    }

    private IEnumerable<(NamespaceState Namespace, AccountState Account)> AccountsNamed(string profile)
    {
        for (int dot = profile.IndexOf('.', AccountProfile.Length); dot >= 0; dot = profile.IndexOf('.', dot + 1))
        {
            if (_namespaces.TryGetValue(profile[AccountProfile.Length..dot], out NamespaceState? space) && space.Find(profile[(dot + 1)..]) is { } account)
            {
                yield return (space, account);
            }
        }
    }

    // Tells whether a profile is another than before, and reaches for those who inherit from it.
    private void Resolve(string profile, HashSet<int> reached)
    {
        object? before = Current.FindProfileSource(profile), now = ProfileSource(profile);
        if (ReferenceEquals(before, now))
        {
            return;
        }

        _changedProfiles.Add(profile);
        if (_members.List.Count > 0 && BuiltInProfile.LabelsOf(before) == BuiltInProfile.LabelsOf(now))
        {
            return;
        }

        if (profile.StartsWith(NamespaceProfile, StringComparison.Ordinal) && _namespaces.TryGetValue(profile[NamespaceProfile.Length..], out NamespaceState? space))
        {
            Reach(space, null, reached);
        }
        else if (profile.StartsWith(AccountProfile, StringComparison.Ordinal))
        {
            foreach ((NamespaceState of, AccountState account) in AccountsNamed(profile))
            {
                Reach(of, account, reached);
            }
        }

        if (_profileUsers.TryGetValue(profile, out HashSet<int>? users))
        {
            reached.UnionWith(users);
        }
    }

    private void Reach(NamespaceState space, AccountState? only, HashSet<int> reached)
    {
        for (AccountState? account = space.Accounts; account is not null; account = account.Next)
        {
            account.Inherited = only is null || only == account ? null : account.Inherited;
        }

        if (space.Entry is null)
        {
            return;
        }

        foreach (int slot in space.Members.Slots)
        {
            if (only is null || _members[slot]!.Shape.Profiles.Contains(only.ProfileName))
            {
                reached.Add(slot);
            }
        }
    }

    private object? ProfileSource(string name) =>
        _writtenProfiles.TryGetValue(name, out Profile? written) ? written
            : _accountProfiles.TryGetValue(name, out BuiltInProfile? account) ? account
            : name.StartsWith(NamespaceProfile, StringComparison.Ordinal) && _entries.TryGetValue(name[NamespaceProfile.Length..], out NamespaceEntry? entry) ? entry.Profile
            : name == BuiltInProfile.DefaultAllow.Name ? BuiltInProfile.DefaultAllow
            : null;

    private object?[] InheritedFrom(EquatableArray<string> profiles)
    {
        object?[] sources = new object?[profiles.Count];
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = ProfileSource(profiles[i]);
        }

        return sources;
    }

    // Of endpoints whose profiles follow from namespace and service account.
    private LabelShape ShapeOf(NamespaceState space, EndpointKind kind, LabelSet labels, string? account, EquatableArray<NamedPort> ports)
    {
        AccountState state = AccountOf(space, account);
        ShapeKey key = new(kind, space.Name, labels, "k8s", account, state.Profiles, ports);
        if (!_shapes.TryFind(key, out LabelShape? shape))
        {
            shape = new LabelShape(key, _shapes.Shared(key.Ports), space.Entry!.Labels, state.Inherited ??= InheritedFrom(state.Profiles));
            _shapes.Put(shape);
        }

        return shape;
    }

    private LabelShape ShapeOf(in ShapeKey key)
    {
        if (!_shapes.TryFind(key, out LabelShape? shape))
        {
            shape = new LabelShape(key, _shapes.Shared(key.Ports), NamespaceLabels(key), InheritedBy(key));
            _shapes.Put(shape);
        }

        return shape;
    }

    private LabelSet NamespaceLabels(in ShapeKey key) =>
        key.Kind is null || key.Namespace is null ? LabelSet.Empty : NamespaceOf(key.Namespace).Entry!.Labels;

    // Sets of a namespace inherit from it, though they list no profile.
    private object?[] InheritedBy(in ShapeKey key)
    {
        if (key.Namespace is not null)
        {
            NamespaceState space = NamespaceOf(key.Namespace);
            AccountState account = AccountOf(space, key.Account);
            if (key.Kind is null || key.Profiles == account.Profiles)
            {
                return account.Inherited ??= InheritedFrom(account.Profiles);
            }
        }

        return InheritedFrom(key.Profiles);
    }

    private void Refresh(HashSet<int> slots)
    {
        Dictionary<LabelShape, LabelShape> refreshed = new(ReferenceEqualityComparer.Instance);
        foreach (int slot in slots)
        {
            Selectable member = _members[slot]!;
            if (member.Namespace is { } space && NamespaceOf(space).Entry is null)
            {
                continue;
            }

            if (!refreshed.TryGetValue(member.Shape, out LabelShape? shape))
            {
                ShapeKey key = member.Shape.Key;
                shape = new LabelShape(key, key.Ports, NamespaceLabels(key), InheritedBy(key));
                if (shape.LooksLike(member.Shape))
                {
                    shape = member.Shape;
                }
                else
                {
                    _shapes.Put(shape);
                }

                refreshed[member.Shape] = shape;
            }

            if (!ReferenceEquals(shape, member.Shape))
            {
                _members.Set(slot, member.With(shape));
            }
        }
    }

    private void SettleNamespaces()
    {
        foreach (NamespaceState space in _listedNamespaces)
        {
            space.IsListed = false;
            if (!space.Exists)
            {
                _namespaces.Remove(space.Name);
            }
        }

        _lastNamespace = null;
        _listedNamespaces.Clear();
        _listedAccounts.Clear();
        if (_listedNamespaces.Capacity > 1024 || _listedAccounts.Capacity > 1024)
        {
            _listedNamespaces.Capacity = _listedAccounts.Capacity = 0;
        }
    }
}
