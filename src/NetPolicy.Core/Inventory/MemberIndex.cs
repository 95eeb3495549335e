using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>Which endpoints, network sets and nodes an address belongs to. Immutable; versions share what did not change.</summary>
/// <remarks>
/// Two maps per family: owned addresses, and blocks of network sets, each of which knows the sets of all blocks around it, so that the longest match answers.
/// A look-up costs one probe for an owned address, otherwise one for each length that some block has.
/// </remarks>
internal sealed class MemberIndex(
    PersistentMap<uint, object> owned4, PersistentMap<UInt128, object> owned6,
    PersistentMap<ulong, object> blocks4, PersistentMap<(UInt128, int), object> blocks6, int[] lengths4, int[] lengths6, bool areWorkloadsAlone)
{
    private static readonly int[] s_nobody = [];

    /// <summary>Nobody has any address.</summary>
    public static MemberIndex Empty { get; } = new(
        PersistentMap<uint, object>.Empty, PersistentMap<UInt128, object>.Empty, PersistentMap<ulong, object>.Empty, PersistentMap<(UInt128, int), object>.Empty, [], [], areWorkloadsAlone: true);

    /// <summary>True if every address that a workload has is that workload's alone and in no network set: then nobody has to look it up.</summary>
    public bool AreWorkloadsAlone => areWorkloadsAlone;

    /// <summary>Endpoints (host endpoints by their expected addresses) and sets that hold the address. No allocation.</summary>
    public int[] Of(IpAddress address) => Find(address) switch
    {
        null => SetsOf(address),
        int[] sole => sole,
        object owners => ((AddressOwners)owners).Members,
    };

    /// <summary>The one workload that has the address, or -1 if only sets and host endpoints hold it or nobody has it.</summary>
    /// <param name="address">The address.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="members">Who holds it, as of <see cref="Of"/>; null for just the workload, or nobody.</param>
    /// <returns>False if several workloads have it, or a node has.</returns>
    public bool TryFindSole(IpAddress address, out int workload, out int[]? members)
    {
        workload = -1;
        members = null;
        switch (Find(address))
        {
            case null:
                members = SetsOf(address) is { Length: > 0 } sets ? sets : null;
                return true;
            case int[] sole:
                workload = sole[0];
                return true;
            case AddressOwners { Workloads: [var only], Nodes.Length: 0 } owners:
                workload = only;
                members = owners.Members;
                return true;
            case AddressOwners { Workloads.Length: 0, Nodes.Length: 0 } owners:
                members = owners.Members;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Workloads that own the address, in ordinal order of their names. No allocation.</summary>
    public int[] WorkloadsOf(IpAddress address) => Find(address) switch
    {
        null => s_nobody,
        int[] sole => sole,
        object owners => ((AddressOwners)owners).Workloads,
    };

    /// <summary>Nodes that have the address, in ordinal order of their names. No allocation.</summary>
    public int[] NodesOf(IpAddress address) => Find(address) is AddressOwners owners ? owners.Nodes : s_nobody;

    /// <summary>Network sets alone that hold the address. No allocation.</summary>
    public int[] SetsOf(IpAddress address)
    {
        if (address.Family == IpFamily.IPv4)
        {
            foreach (int length in lengths4)
            {
                if (blocks4.TryGetValue(Key4(address, length), out object? sets))
                {
                    return BlockSets.All(sets);
                }
            }
        }
        else if (address.Family == IpFamily.IPv6)
        {
            foreach (int length in lengths6)
            {
                if (blocks6.TryGetValue(Key6(address, length), out object? sets))
                {
                    return BlockSets.All(sets);
                }
            }
        }

        return s_nobody;
    }

    internal static ulong Key4(IpAddress address, int length)
    {
        uint value = (uint)address.Value;
        return ((ulong)(length == 0 ? 0 : value & (uint.MaxValue << (32 - length))) << 8) | (uint)length;
    }

    internal static (UInt128 First, int Length) Key6(IpAddress address, int length) =>
        (length == 0 ? 0 : address.Value & (UInt128.MaxValue << (128 - length)), length);

    private object? Find(IpAddress address) => address.Family switch
    {
        IpFamily.IPv4 => owned4.TryGetValue((uint)address.Value, out object? owners) ? owners : null,
        IpFamily.IPv6 => owned6.TryGetValue(address.Value, out object? owners) ? owners : null,
        _ => null,
    };
}

/// <summary>Who has an address that is not one workload's alone. Arrays are in ordinal order of names, sets after endpoints.</summary>
internal sealed class AddressOwners(int[] endpoints, int[] workloads, int[] members, int[] nodes)
{
    public readonly int[] Endpoints = endpoints;
    public readonly int[] Workloads = workloads;
    public readonly int[] Members = members;
    public readonly int[] Nodes = nodes;
}

/// <summary>The sets of a block, where those around it differ from its own; otherwise its own array stands for both.</summary>
internal sealed class BlockSets(int[] own, int[] all)
{
    private readonly int[] _own = own;
    private readonly int[] _all = all;

    /// <summary>Sets that name the very block.</summary>
    public static int[] Own(object sets) => sets as int[] ?? ((BlockSets)sets)._own;

    /// <summary>Sets that name it or a block around it.</summary>
    public static int[] All(object sets) => sets as int[] ?? ((BlockSets)sets)._all;
}
