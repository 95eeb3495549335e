using NetPolicy.Collections;
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

    /// <summary>The first of its service accounts; one without name is for pods without any.</summary>
    public AccountState? Accounts;

    public bool Exists => Uses > 0 || Declared is not null;

    public AccountState? Find(string? account)
    {
        for (AccountState? state = Accounts; state is not null; state = state.Next)
        {
            if (state.Name == account)
            {
                return state;
            }
        }

        return null;
    }

    public void Add(AccountState account)
    {
        account.Next = Accounts;
        Accounts = account;
    }

    public void Remove(AccountState account)
    {
        if (ReferenceEquals(Accounts, account))
        {
            Accounts = account.Next;
            return;
        }

        for (AccountState? state = Accounts; state is not null; state = state.Next)
        {
            if (ReferenceEquals(state.Next, account))
            {
                state.Next = account.Next;
                return;
            }
        }
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

    /// <summary>The profiles in their order; null if one of them changed since.</summary>
    public object?[]? Inherited;

    /// <summary>The next account of the namespace.</summary>
    public AccountState? Next;

    public bool Exists => Uses > 0 || Declared is not null;

    /// <summary>Name of the account's own profile.</summary>
    public string ProfileName => Profiles[1];
}
