using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using Xunit;

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

    public static LoadedTable Read(NetworkNamespace place, string table)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(place);
        return Assert.IsType<LoadedTable>(NetlinkTableReader.Read(socket, table));
    }

    /// <summary>Loads a table by both writers; lists and reads both.</summary>
    public static void AssertSame(RuleTable table)
    {
        using NetworkNamespace byText = NetworkNamespace.CreateAnonymous();
        using NetworkNamespace byMessages = NetworkNamespace.CreateAnonymous();
        byText.RunProcess("nft", ["-f", "-"], NftWriter.Write(table)).ThrowIfFailed();
        Load(byMessages, table);
        Assert.Equal(List(byText, table.Name), List(byMessages, table.Name));

        LoadedTable wanted = TableNormalizer.Normalize(table);
        AssertEqual(wanted, Read(byText, table.Name));
        AssertEqual(wanted, Read(byMessages, table.Name));

        // The normal form means the same, in the words of both writers.
        RuleTable normal = Assert.IsType<RuleTable>(wanted.Rules);
        AssertEqual(wanted, TableNormalizer.Normalize(normal));
        using NetworkNamespace again = NetworkNamespace.CreateAnonymous();
        again.RunProcess("nft", ["-f", "-"], NftWriter.Write(normal)).ThrowIfFailed();
        AssertEqual(wanted, Read(again, table.Name));
    }

    public static void AssertEqual(LoadedTable expected, LoadedTable actual)
    {
        Assert.Empty(expected.Foreign);
        Assert.Empty(actual.Foreign);
        RuleTable left = expected.Rules!, right = actual.Rules!;
        Assert.Equal(left.Comment, right.Comment);
        Assert.Equal(left.Identities.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal), right.Identities.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal));
        Assert.Equal(left.Sets.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal), right.Sets.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal));
        Assert.Equal(left.Maps.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal), right.Maps.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal));
        Assert.Equal(left.Chains.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal), right.Chains.AsEnumerable().OrderBy(m => m.Name, StringComparer.Ordinal));
    }

    public static string List(NetworkNamespace place, string table) => place.RunProcess("nft", ["list", "table", "inet", table]).ThrowIfFailed().Output;
}
