namespace NetPolicy.Enforce.Rules;

/// <summary>
/// One step of a transaction. All names are the ones that the kernel knows, and rules hold no <see cref="RuleStatement.MatchGeneration"/> or
/// <see cref="RuleStatement.SetGeneration"/>: whoever writes operations out knows nothing of versions and epochs.
/// </summary>
public abstract record RuleOperation
{
    private RuleOperation()
    {
    }

    /// <summary>Makes the table, if there is none.</summary>
    /// <param name="Comment">Its comment, which an existing table keeps as it is.</param>
    public sealed record AddTable(string Comment) : RuleOperation;

    /// <summary>Deletes the table with all it holds.</summary>
    public sealed record DeleteTable : RuleOperation;

    /// <summary>Makes an empty chain.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Hook">Where it is called from, with a policy that accepts; null for chains that other chains call.</param>
    public sealed record AddChain(string Name, RuleHook? Hook) : RuleOperation;

    /// <summary>Takes all rules out of a chain.</summary>
    /// <param name="Name">Name.</param>
    public sealed record FlushChain(string Name) : RuleOperation;

    /// <summary>Deletes an empty chain that nothing refers to.</summary>
    /// <param name="Name">Name.</param>
    public sealed record DeleteChain(string Name) : RuleOperation;

    /// <summary>Adds a rule at the end of a chain.</summary>
    /// <param name="Chain">The chain's name.</param>
    /// <param name="Line">The rule.</param>
    public sealed record AddRule(string Chain, RuleLine Line) : RuleOperation;

    /// <summary>Makes an empty set.</summary>
    /// <param name="Set">What it is; its elements are not added.</param>
    public sealed record AddSet(RuleSet Set) : RuleOperation;

    /// <summary>Makes an empty set whose elements the kernel takes out again by itself after a time.</summary>
    /// <param name="Set">What it is; its elements are not added.</param>
    public sealed record AddTimedSet(RuleSet Set) : RuleOperation;

    /// <summary>Adds elements to a set made by <see cref="AddTimedSet"/>.</summary>
    /// <param name="Elements">The set, with the elements to add.</param>
    /// <param name="Seconds">How long they stay; 1 or more.</param>
    public sealed record AddTimedElements(RuleSet Elements, int Seconds) : RuleOperation;

    /// <summary>Makes an empty map to verdicts.</summary>
    /// <param name="Map">What it is; its elements are not added.</param>
    public sealed record AddMap(RuleMap Map) : RuleOperation;

    /// <summary>Makes an empty map from addresses to identities.</summary>
    /// <param name="Map">What it is; its elements are not added.</param>
    public sealed record AddIdentityMap(IdentityMap Map) : RuleOperation;

    /// <summary>Deletes a set that nothing refers to, with its elements.</summary>
    /// <param name="Name">Name.</param>
    public sealed record DeleteSet(string Name) : RuleOperation;

    /// <summary>Deletes a map of either kind that nothing refers to, with its elements.</summary>
    /// <param name="Name">Name.</param>
    public sealed record DeleteMap(string Name) : RuleOperation;

    /// <summary>Adds elements to a set.</summary>
    /// <param name="Elements">The set, with the elements to add in place of those it has.</param>
    public sealed record AddSetElements(RuleSet Elements) : RuleOperation;

    /// <summary>Takes elements out of a set; all of them are there.</summary>
    /// <param name="Elements">The set, with the elements to delete in place of those it has.</param>
    public sealed record DeleteSetElements(RuleSet Elements) : RuleOperation;

    /// <summary>Adds elements to a map to verdicts. To retarget an element it is deleted and added in one transaction.</summary>
    /// <param name="Elements">The map, with the elements to add in place of those it has.</param>
    public sealed record AddMapElements(RuleMap Elements) : RuleOperation;

    /// <summary>Takes elements out of a map to verdicts; all of them are there.</summary>
    /// <param name="Elements">The map, with the elements to delete in place of those it has. Only keys matter.</param>
    public sealed record DeleteMapElements(RuleMap Elements) : RuleOperation;

    /// <summary>Adds elements to a map to identities. To change an element it is deleted and added in one transaction.</summary>
    /// <param name="Elements">The map, with the elements to add in place of those it has.</param>
    public sealed record AddIdentities(IdentityMap Elements) : RuleOperation;

    /// <summary>Takes elements out of a map to identities; all of them are there.</summary>
    /// <param name="Elements">The map, with the elements to delete in place of those it has. Only addresses matter.</param>
    public sealed record DeleteIdentities(IdentityMap Elements) : RuleOperation;
}
