using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Names operations in refusals.</summary>
internal static class OperationText
{
    public static string Of(string table, RuleOperation operation) => operation switch
    {
        RuleOperation.AddTable => $"making table `{table}`",
        RuleOperation.DeleteTable => $"deleting table `{table}`",
        RuleOperation.AddChain add => $"making chain `{add.Name}`",
        RuleOperation.FlushChain flush => $"emptying chain `{flush.Name}`",
        RuleOperation.DeleteChain delete => $"deleting chain `{delete.Name}`",
        RuleOperation.AddRule { Line.Comment: { } comment } add => $"adding rule `{comment}` to chain `{add.Chain}`",
        RuleOperation.AddRule add => $"adding a rule to chain `{add.Chain}`",
        RuleOperation.AddSet add => $"making set `{add.Set.Name}`",
        RuleOperation.AddTimedSet add => $"making set `{add.Set.Name}`",
        RuleOperation.AddTimedElements add => $"adding elements to set `{add.Elements.Name}`",
        RuleOperation.AddMap add => $"making map `{add.Map.Name}`",
        RuleOperation.AddIdentityMap add => $"making map `{add.Map.Name}`",
        RuleOperation.DeleteSet delete => $"deleting set `{delete.Name}`",
        RuleOperation.DeleteMap delete => $"deleting map `{delete.Name}`",
        RuleOperation.AddSetElements add => $"adding elements to set `{add.Elements.Name}`",
        RuleOperation.DeleteSetElements delete => $"deleting elements of set `{delete.Elements.Name}`",
        RuleOperation.AddMapElements add => $"adding elements to map `{add.Elements.Name}`",
        RuleOperation.DeleteMapElements delete => $"deleting elements of map `{delete.Elements.Name}`",
        RuleOperation.AddIdentities add => $"adding elements to map `{add.Elements.Name}`",
        RuleOperation.DeleteIdentities delete => $"deleting elements of map `{delete.Elements.Name}`",
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };
}
