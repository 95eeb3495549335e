using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>Ways to load and list tables in tests.</summary>
internal static class Tables
{
    public static RuleTransaction Transaction(RuleTable table)
    {
        Operations operations = new();
        operations.Add(new RuleOperation.AddTable(table.Comment));
        operations.Load(table);
        operations.Load([.. table.Chains], table.Maps);
        return operations.Transaction(table.Name);
    }

    public static void Load(NetworkNamespace place, RuleTable table)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(place);
        NetlinkTransaction.Run(socket, Transaction(table), null);
    }

    public static string List(NetworkNamespace place, string table) => place.RunProcess("nft", ["list", "table", "inet", table]).ThrowIfFailed().Output;
}
