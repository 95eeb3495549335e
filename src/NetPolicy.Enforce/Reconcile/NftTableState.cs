using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using NetPolicy.Collections;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Reconcile;

/// <summary>The objects of a loaded table.</summary>
internal sealed partial class NftTableState
{
    private readonly Dictionary<string, LoadedChain> _chains = new(StringComparer.Ordinal);
    private readonly List<string> _bodies = [];

    private NftTableState(string comment)
    {
        Comment = comment;
    }

    public string Comment { get; }

    public bool IsOurs => Comment.StartsWith("netpol managed table, ", StringComparison.Ordinal);

    /// <summary>The version of the chains that base chains go to; 0 if they go nowhere.</summary>
    public int Live { get; private set; }

    /// <summary>The newest version that a name ends in; 0 if none does.</summary>
    public int Version { get; private set; }

    /// <summary>The epoch that accepted connections pass by; 0 if none is.</summary>
    public int Epoch { get; private set; }

    public List<string> BaseChains { get; } = [];

    public List<string> Chains { get; } = [];

    public List<string> Sets { get; } = [];

    public List<string> Maps { get; } = [];

    public static NftTableState Of(LoadedTable loaded)
    {
        NftTableState state = new(loaded.Comment);
        Dictionary<string, int> epochs = new(StringComparer.Ordinal);
        Dictionary<string, string> jumps = new(StringComparer.Ordinal);
        foreach (LoadedChain chain in loaded.Chains)
        {
            state._chains[chain.Name] = chain;
            (chain.Hook is null ? state.Chains : state.BaseChains).Add(chain.Name);
            foreach (LoadedRule rule in chain.Rules)
            {
                if (rule.Line is { Comment: null } line)
                {
                    state.Note(chain, line, epochs, jumps);
                }
            }
        }

        state.Sets.AddRange(loaded.Sets.Select(s => s.Name));
        state.Maps.AddRange(loaded.Maps.Select(m => m.Name).Concat(loaded.Identities.Select(m => m.Name)));

        // A stage that came later is of a later version than the epoch that all of them ask.
        state.Epoch = epochs.GetValueOrDefault(
            state._bodies.Select(b => jumps.GetValueOrDefault(b)).FirstOrDefault(e => e is not null) ?? string.Create(CultureInfo.InvariantCulture, $"epoch_{state.Live}"));
        state.Version = state.Chains.Concat(state.Maps).Concat(state.Sets).Where(n => !n.StartsWith("r_", StringComparison.Ordinal)).Select(VersionOf)
            .DefaultIfEmpty(0).Max();
        return state;
    }

    /// <summary>True if a table, perhaps without its elements, looks as if it were this ruleset: reading all elements of a large one is not done in vain.</summary>
    public static bool MayBe(LoadedTable loaded, CompiledRuleset ruleset)
    {
        NftTableState state = Of(loaded);
        return state.Live > 0 && state.Comment == ruleset.Table.Comment
            && state.Chains.Count + state.BaseChains.Count == ruleset.Table.Chains.Count
            && state.Maps.Count == ruleset.Table.Maps.Count + ruleset.Table.Identities.Count && state.Sets.Count == ruleset.Table.Sets.Count;
    }

    /// <summary>
    /// What was installed, if that was this ruleset and nothing has changed since: whoever begins anew then has nothing to do, and goes on from there. Null otherwise; only for a table that <see cref="MayBe"/> it.
    /// </summary>
    public static InstalledRules? Adopt(LoadedTable loaded, CompiledRuleset ruleset)
    {
        NftTableState state = Of(loaded);
        if (state.NamesOf(ruleset.Table) is not { } names)
        {
            return null;
        }

        Dictionary<string, int> sizes = loaded.Maps.Select(m => (m.Name, m.Size)).Concat(loaded.Identities.Select(m => (m.Name, m.Size)))
            .Where(m => m.Size > 0).ToDictionary(m => m.Name, m => m.Size, StringComparer.Ordinal);

        // Epochs are counted, so the one before is known, if packets of it may still be under way.
        foreach (int previous in (ReadOnlySpan<int>)[0, Math.Max(0, state.Epoch - 1)])
        {
            InstalledRules installed = new(ruleset.Table, ruleset.Options, names, sizes, state.Version, new EpochPair(state.Epoch, previous)) { Bridge = ruleset.Bridge };
            if (Same(loaded, installed))
            {
                return installed;
            }
        }

        return null;
    }

    /// <summary>True if the loaded table is to the last element what was installed.</summary>
    public static bool Same(LoadedTable loaded, InstalledRules installed) =>
        SameContent(loaded, new TableResolver(installed.Table, name => installed.Names[name], installed.Epochs).Resolve());

    /// <summary>True if the loaded table is to the last element a table whose names are final.</summary>
    public static bool SameContent(LoadedTable loaded, RuleTable wanted)
    {
        if (loaded.Rules is not { } there)
        {
            return false;
        }

        return TableNormalizer.Normalize(wanted).Rules is { } expected
            && SameParts(expected.Chains, there.Chains, c => c.Name)
            && SameParts(expected.Sets, there.Sets, s => s.Name)
            && SameParts(Unsized(expected.Maps), Unsized(there.Maps), m => m.Name)
            && SameParts(Unsized(expected.Identities), Unsized(there.Identities), m => m.Name);
    }

    /// <summary>True if the chain is there with exactly these rules.</summary>
    /// <param name="chain">The chain with final names.</param>
    public bool Has(RuleChain chain)
    {
        if (!_chains.TryGetValue(chain.Name, out LoadedChain? there))
        {
            return false;
        }

        RuleTable alone = new("chain", "chain", [], [], [], [chain]);
        EquatableArray<LoadedRule> wanted = TableNormalizer.Normalize(alone).Chains[0].Rules;
        return wanted.Count == there.Rules.Count && wanted.Zip(there.Rules).All(pair => pair.First.Line is { } line && line.Equals(pair.Second.Line));
    }

    private void Note(LoadedChain chain, RuleLine line, Dictionary<string, int> epochs, Dictionary<string, string> jumps)
    {
        switch (line.Statements.AsSpan())
        {
            case [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Goto, Chain: { } body } }] when chain.Hook is not null:
                Live = VersionOf(body) is > 0 and int version ? version : Live;
                _bodies.Add(body);
                break;
            case [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Jump, Chain: { } epoch } }] when epoch.StartsWith("epoch_", StringComparison.Ordinal):
                jumps[chain.Name] = epoch;
                break;
            case [
                RuleStatement.MatchBits { Field: RuleField.ConnectionMark, IsNegated: false, Mask: not 0 } match,
                RuleStatement.Go { Verdict.Kind: RuleVerdictKind.Accept }]
                when chain.Name.StartsWith("epoch_", StringComparison.Ordinal):
                epochs[chain.Name] = (int)(match.Bits >> BitOperations.TrailingZeroCount(match.Mask));
                break;
            default:
                break;
        }
    }

    // What was changed in place has names of several versions, but no name twice. Null if something is not there, or is there twice.
    private Dictionary<string, string>? NamesOf(RuleTable table)
    {
        ILookup<string, string> chains = Versioned(Chains), maps = Versioned(Maps), sets = Versioned(Sets);
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        bool Find(string name, ILookup<string, string> among)
        {
            string[] found = [.. among[name]];
            names[name] = found.Length == 1 ? found[0] : "";
            return found.Length == 1;
        }

        foreach (RuleChain chain in table.Chains)
        {
            if (InstalledRules.IsPlain(chain))
            {
                names[chain.Name] = chain.Name;
            }
            else if (!Find(chain.Name, chains))
            {
                return null;
            }
        }

        return table.Sets.All(s => Find(s.Name, sets)) && table.Maps.All(m => Find(m.Name, maps)) && table.Identities.All(m => Find(m.Name, maps)) ? names : null;
    }

    private static ILookup<string, string> Versioned(IEnumerable<string> names) =>
        names.Where(n => VersionOf(n) > 0).ToLookup(n => n[..n.LastIndexOf('_')], StringComparer.Ordinal);

    // How much a map can hold was decided when it was made.
    private static IEnumerable<RuleMap> Unsized(EquatableArray<RuleMap> maps) => maps.Select(m => m with { Size = 0 });

    private static IEnumerable<IdentityMap> Unsized(EquatableArray<IdentityMap> maps) => maps.Select(m => m with { Size = 0 });

    private static bool SameParts<T>(IEnumerable<T> expected, IEnumerable<T> there, Func<T, string> nameOf) =>
        expected.OrderBy(nameOf, StringComparer.Ordinal).SequenceEqual(there.OrderBy(nameOf, StringComparer.Ordinal));

    private static int VersionOf(string name) =>
        SuffixOf().Match(name) is { Success: true } suffix && int.TryParse(suffix.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;

    [GeneratedRegex("_([0-9]{1,6})$")]
    private static partial Regex SuffixOf();
}
