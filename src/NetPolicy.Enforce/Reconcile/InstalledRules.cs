using System.Globalization;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>A table that is loaded: what it says, and under which names.</summary>
/// <param name="Table">What it says, with names without versions.</param>
/// <param name="Options">What it was compiled with.</param>
/// <param name="Names">By name without version, the kernel's.</param>
/// <param name="Sizes">By the kernel's name, how many elements maps take at most; those that grow are not in it.</param>
/// <param name="Version">The newest version that a name ends in.</param>
/// <param name="Epochs">What accepted connections are marked with.</param>
internal sealed record InstalledRules(
    RuleTable Table,
    EnforcementOptions Options,
    IReadOnlyDictionary<string, string> Names,
    IReadOnlyDictionary<string, int> Sizes,
    int Version,
    EpochPair Epochs)
{
    /// <summary>The table of family <c>bridge</c> beside it; null for none.</summary>
    public RuleTable? Bridge { get; init; }

    /// <summary>Parts of the table by name, if they have been put together.</summary>
    public TableIndex? Index { get; init; }

    /// <summary>A table as it is after it was loaded under one version.</summary>
    public static InstalledRules Of(CompiledRuleset ruleset, int version, EpochPair epochs)
    {
        RuleTable table = ruleset.Table;
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        Dictionary<string, int> sizes = new(StringComparer.Ordinal);
        foreach (RuleChain chain in table.Chains)
        {
            names[chain.Name] = IsPlain(chain) ? chain.Name : Versioned(chain.Name, version);
        }

        foreach (RuleSet set in table.Sets)
        {
            names[set.Name] = Versioned(set.Name, version);
        }

        foreach (RuleMap map in table.Maps)
        {
            names[map.Name] = Versioned(map.Name, version);
            Keep(sizes, names[map.Name], HashSize.Of(map));
        }

        foreach (IdentityMap map in table.Identities)
        {
            names[map.Name] = Versioned(map.Name, version);
            Keep(sizes, names[map.Name], HashSize.Of(map));
        }

        return new InstalledRules(table, ruleset.Options, names, sizes, version, epochs) { Bridge = ruleset.Bridge };
    }

    public static bool IsPlain(RuleChain chain) => chain.IsShared || chain.Hook is not null;

    public static string Versioned(string name, int version) => string.Create(CultureInfo.InvariantCulture, $"{name}_{version}");

    private static void Keep(Dictionary<string, int> sizes, string name, int size)
    {
        if (size > 0)
        {
            sizes[name] = size;
        }
    }
}
