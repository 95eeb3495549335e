using NetPolicy.Collections;
using NetPolicy.Labels;
using NetPolicy.Manifests.Inventory;

namespace NetPolicy.Inventory;

/// <summary>What the store knows of a namespace and who is in it.</summary>
internal sealed class NamespaceState(string name)
{
    public readonly string Name = name;

    /// <summary>Number of documents in it.</summary>
    public int Uses;
    public NamespaceManifest? Declared;
    public NamespaceEntry? Entry;
    public bool IsListed;

    /// <summary>Endpoints and network sets.</summary>
    public SlotSet Members;
    public SlotSet HostNetworkPods;
    public SlotSet Services;

    /// <summary>Service accounts by name, and null for pods without one.</summary>
    public readonly List<AccountState> Accounts = [];

    public bool Exists => Uses > 0 || Declared is not null;

    public AccountState? Find(string? account)
    {
        foreach (AccountState state in Accounts)
        {
            if (state.Name == account)
            {
                return state;
            }
        }

        return null;
    }
}

/// <summary>A service account that is declared or used, or, without name, the lack of one.</summary>
internal sealed class AccountState(string? name, EquatableArray<string> profiles)
{
    public readonly string? Name = name;

    /// <summary>Names of the profiles that its pods get.</summary>
    public readonly EquatableArray<string> Profiles = profiles;

    /// <summary>Number of pods and workloads that name it.</summary>
    public int Uses;
    public ServiceAccountManifest? Declared;
    public BuiltInProfile? Profile;
    public bool IsListed;

    /// <summary>Labels of the profiles, in their order; null if one of them changed since.</summary>
    public LabelSet[]? Inherited;

    public bool Exists => Uses > 0 || Declared is not null;

    /// <summary>Name of the account's own profile.</summary>
    public string ProfileName => Profiles[1];
}
