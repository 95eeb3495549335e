using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Reads and changes one table of one namespace. Holds a socket, so that a change costs microseconds. For one thread at a time.</summary>
internal sealed class NetlinkTransport : IDisposable
{
    private readonly NetlinkSocket _socket;
    private Dictionary<string, bool> _sets = new(StringComparer.Ordinal);

    /// <summary>A transport to a table.</summary>
    /// <param name="place">The namespace; null for the calling thread's. It need not stay open.</param>
    /// <param name="table">The table's name.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetlinkTransport(NetworkNamespace? place, string table)
    {
        _socket = NetlinkSocket.Open(place);
        Table = table;
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>What stands between it and the kernel in tests; null for nothing.</summary>
    internal NetlinkFault? Fault { init => _socket.Fault = value; }

    public void Dispose() => _socket.Dispose();

    /// <summary>The generation of the kernel's rules, a number that every change by anybody raises by one.</summary>
    public uint Generation() => NetlinkTableReader.Generation(_socket);

    /// <summary>The table as it is at one moment; null if there is none.</summary>
    /// <param name="withElements">False to leave out the elements of named sets and maps.</param>
    /// <exception cref="NetlinkException">The kernel refused, or rules changed again and again while they were read.</exception>
    public LoadedTable? Read(bool withElements = true)
    {
        LoadedTable? loaded = NetlinkTableReader.Read(_socket, Table, withElements);
        _sets = loaded?.SetKinds() ?? new Dictionary<string, bool>(StringComparer.Ordinal);
        return loaded;
    }

    /// <summary>The table of family <c>bridge</c> that has the same name, with all elements; null if there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or rules changed again and again while they were read.</exception>
    public LoadedTable? ReadBridge() => NetlinkTableReader.Read(_socket, Table, withElements: true, Nf.FamilyBridge);

    /// <summary>Runs a transaction on the table. Rules may look into sets that the last <see cref="Read"/> or a transaction since then brought.</summary>
    /// <param name="transaction">The operations.</param>
    /// <param name="generation">The generation it is right for: refused if anybody changed anything since. Null for whatever is there.</param>
    /// <returns>The generation that it made, if it was given one.</returns>
    /// <exception cref="NetlinkException">Nothing was applied; <see cref="NetlinkException.IsChangedMeanwhile"/> if only because somebody else was first.</exception>
    public uint? Run(RuleTransaction transaction, uint? generation = null)
    {
        if (transaction.Table != Table)
        {
            throw new ArgumentException($"the transaction is on table `{transaction.Table}`, expected `{Table}`", nameof(transaction));
        }

        if (transaction.IsEmpty)
        {
            return generation;
        }

        NetlinkTransaction.Run(_socket, transaction, generation, _sets);
        foreach (RuleOperation operation in transaction.Operations)
        {
            Remember(operation);
        }

        return generation is { } before ? After(before) : null;
    }

    /// <summary>The generation after one. The kernel counts on from its largest number at 1.</summary>
    public static uint After(uint generation) => generation == uint.MaxValue ? 1 : generation + 1;

    private void Remember(RuleOperation operation)
    {
        switch (operation)
        {
            case RuleOperation.DeleteTable:
                _sets.Clear();
                break;
            case RuleOperation.AddSet { Set: var set }:
                _sets[set.Name] = set.IsInterval;
                break;
            case RuleOperation.AddTimedSet { Set: var set }:
                _sets[set.Name] = set.IsInterval;
                break;
            case RuleOperation.AddMap { Map: var map }:
                _sets[map.Name] = map.IsInterval;
                break;
            case RuleOperation.AddIdentityMap { Map: var map }:
                _sets[map.Name] = map.IsInterval;
                break;
            case RuleOperation.DeleteSet delete:
                _sets.Remove(delete.Name);
                break;
            case RuleOperation.DeleteMap delete:
                _sets.Remove(delete.Name);
                break;
            default:
                break;
        }
    }
}
