using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>Writes <see cref="MemberIndex"/>es: one addition or removal at a time, each paying for the addresses and blocks that it reaches.</summary>
/// <param name="members">The current endpoints and sets by place; all as they are at the end of the batch.</param>
/// <param name="nodes">The current nodes by place.</param>
internal sealed class MemberTable(PersistentList<Selectable?>.Builder members, PersistentList<Node?>.Builder nodes)
{
    private static readonly int[] s_nobody = [];

    private readonly PersistentMap<uint, object>.Builder _owned4 = PersistentMap<uint, object>.Empty.ToBuilder();
    private readonly PersistentMap<UInt128, object>.Builder _owned6 = PersistentMap<UInt128, object>.Empty.ToBuilder();
    private readonly PersistentMap<ulong, object>.Builder _blocks4 = PersistentMap<ulong, object>.Empty.ToBuilder();
    private readonly PersistentMap<(UInt128, int), object>.Builder _blocks6 = PersistentMap<(UInt128, int), object>.Empty.ToBuilder();
    private readonly int[] _counts4 = new int[33];
    private readonly int[] _counts6 = new int[129];
    private readonly HashSet<IpPrefix> _changedBlocks = [];
    private int[] _lengths4 = [];
    private int[] _lengths6 = [];

    // Where there are owned addresses, and blocks.
    private readonly AddressBuckets _addressBuckets = new();
    private readonly AddressBuckets _blockBuckets = new();
    private MemberIndex _frozen = MemberIndex.Empty;
    private bool _isChanged;
    private int _shared;

    /// <summary>Called with each address whose workloads are others than before.</summary>
    public Action<IpAddress>? WorkloadsChanged { get; set; }

    public void EnsureCapacity(int addresses, int blocks)
    {
        _owned4.EnsureCapacity(addresses);
        _blocks4.EnsureCapacity(blocks);
        _changedBlocks.EnsureCapacity(blocks);
    }

    public void AddEndpoint(IpAddress address, int slot)
    {
        object? known = Find(address);
        Store(address, known, known is null ? members[slot]!.Alone : Inserted(EndpointsOf(known), slot, NameOf), NodesOf(known));
        WorkloadsChanged?.Invoke(address);
    }

    public void RemoveEndpoint(IpAddress address, int slot)
    {
        object? known = Find(address);
        Store(address, known, Removed(EndpointsOf(known), slot), NodesOf(known));
        WorkloadsChanged?.Invoke(address);
    }

    public void AddNode(IpAddress address, int slot)
    {
        object? known = Find(address);
        Store(address, known, EndpointsOf(known), Inserted(NodesOf(known), slot, NodeNameOf));
    }

    public void RemoveNode(IpAddress address, int slot)
    {
        object? known = Find(address);
        Store(address, known, EndpointsOf(known), Removed(NodesOf(known), slot));
    }

    public void AddBlock(IpPrefix block, int slot)
    {
        object? known = FindBlock(block);
        SetOwn(block, known, known is null ? members[slot]!.Alone : Inserted(BlockSets.Own(known), slot, NameOf));
    }

    public void RemoveBlock(IpPrefix block, int slot)
    {
        if (FindBlock(block) is { } known)
        {
            SetOwn(block, known, Removed(BlockSets.Own(known), slot));
        }
    }

    /// <summary>Workloads that own the address, by name.</summary>
    public int[] WorkloadsOf(IpAddress address) => Find(address) switch
    {
        null => s_nobody,
        int[] sole => sole,
        object owners => ((AddressOwners)owners).Workloads,
    };

    /// <summary>Carries changed blocks to the blocks and addresses inside them. To be called when all additions and removals are done.</summary>
    public void Spread()
    {
        if (_changedBlocks.Count == 0)
        {
            return;
        }

        // What the blocks inside must know first, then what the addresses inside must.
        if (_changedBlocks.Count * 4 >= _blocks4.Count + _blocks6.Count)
        {
            foreach (IpPrefix block in (IpPrefix[])[.. Blocks()])
            {
                Compose(block);
            }
        }
        else
        {
            foreach (IpPrefix block in _changedBlocks)
            {
                Compose(block);
                foreach (IpPrefix inner in _blockBuckets.Inside(block))
                {
                    Compose(inner);
                }
            }
        }

        if (_owned4.Count + _owned6.Count > 0)
        {
            foreach (IpPrefix block in _changedBlocks)
            {
                foreach (IpPrefix address in _addressBuckets.Inside(block))
                {
                    Refresh(address.First);
                }
            }
        }

        _changedBlocks.Clear();
        if (_changedBlocks.Capacity > 1024)
        {
            _changedBlocks.TrimExcess();
        }
    }

    public MemberIndex Freeze()
    {
        if (_isChanged)
        {
            _isChanged = false;
            _frozen = new MemberIndex(_owned4.Freeze(), _owned6.Freeze(), _blocks4.Freeze(), _blocks6.Freeze(), _lengths4, _lengths6, _shared == 0);
        }

        return _frozen;
    }

    // A workload's address that others have too, or that is inside a set.
    private static bool IsShared(object? owners) => owners is AddressOwners { Workloads.Length: > 0 };

    private static int[] EndpointsOf(object? owners) => owners switch
    {
        null => s_nobody,
        int[] sole => sole,
        object several => ((AddressOwners)several).Endpoints,
    };

    private static int[] NodesOf(object? owners) => (owners as AddressOwners)?.Nodes ?? s_nobody;

    private string NameOf(int slot) => members[slot]!.Name;

    private string NodeNameOf(int slot) => nodes[slot]!.Name;

    private static int[] Inserted(int[] slots, int slot, Func<int, string> nameOf)
    {
        if (slots.Length == 0)
        {
            return [slot];
        }

        string name = nameOf(slot);
        int at = 0;
        while (at < slots.Length && slots[at] != slot && string.CompareOrdinal(nameOf(slots[at]), name) < 0)
        {
            at++;
        }

        return at < slots.Length && slots[at] == slot ? slots : [.. slots.AsSpan(0, at), slot, .. slots.AsSpan(at)];
    }

    private static int[] Removed(int[] slots, int slot)
    {
        int at = Array.IndexOf(slots, slot);
        return at < 0 ? slots : slots.Length == 1 ? s_nobody : [.. slots.AsSpan(0, at), .. slots.AsSpan(at + 1)];
    }

    private object? Find(IpAddress address) => address.Family switch
    {
        IpFamily.IPv4 => _owned4.GetValueOrDefault((uint)address.Value),
        IpFamily.IPv6 => _owned6.GetValueOrDefault(address.Value),
        _ => null,
    };

    private void Store(IpAddress address, object? known, int[] endpoints, int[] ofNodes)
    {
        if (address.Family == IpFamily.None)
        {
            return;
        }

        _isChanged = true;
        if (endpoints.Length == 0 && ofNodes.Length == 0)
        {
            if (known is not null)
            {
                _shared -= IsShared(known) ? 1 : 0;
                _addressBuckets.Remove(IpPrefix.Single(address));
                _ = address.Family == IpFamily.IPv4 ? _owned4.Remove((uint)address.Value) : _owned6.Remove(address.Value);
            }

            return;
        }

        if (known is null)
        {
            _addressBuckets.Add(IpPrefix.Single(address));
        }

        object value = ValueOf(endpoints, ofNodes, SetsOf(address));
        _shared += (IsShared(value) ? 1 : 0) - (IsShared(known) ? 1 : 0);
        if (address.Family == IpFamily.IPv4)
        {
            _owned4.Set((uint)address.Value, value);
        }
        else
        {
            _owned6.Set(address.Value, value);
        }
    }

    private object ValueOf(int[] endpoints, int[] ofNodes, int[] sets)
    {
        int workloads = 0;
        foreach (int slot in endpoints)
        {
            workloads += IsWorkload(slot) ? 1 : 0;
        }

        if (sets.Length == 0 && ofNodes.Length == 0 && endpoints.Length == 1 && workloads == 1)
        {
            return members[endpoints[0]]!.Alone;
        }

        return new AddressOwners(
            endpoints,
            workloads == endpoints.Length ? endpoints : Array.FindAll(endpoints, IsWorkload),
            sets.Length == 0 ? endpoints : endpoints.Length == 0 ? sets : [.. endpoints, .. sets],
            ofNodes);
    }

    // A place that is free at the end of the batch will lose the address before it ends.
    private bool IsWorkload(int slot) => members[slot] is Endpoint { IsWorkload: true };

    private void Refresh(IpAddress address)
    {
        if (Find(address) is { } known)
        {
            Store(address, known, EndpointsOf(known), NodesOf(known));
        }
    }

    private void SetOwn(IpPrefix block, object? known, int[] own)
    {
        _isChanged = true;
        _changedBlocks.Add(block);
        if (own.Length == 0)
        {
            _blockBuckets.Remove(block);
            _ = block.Family == IpFamily.IPv4 ? _blocks4.Remove(MemberIndex.Key4(block.First, block.Length)) : _blocks6.Remove(MemberIndex.Key6(block.First, block.Length));
            Count(block, -1);
            return;
        }

        StoreBlock(block, own);
        if (known is null)
        {
            _blockBuckets.Add(block);
            Count(block, 1);
        }
    }

    private void Count(IpPrefix block, int by)
    {
        int[] counts = block.Family == IpFamily.IPv4 ? _counts4 : _counts6;
        bool had = counts[block.Length] > 0;
        counts[block.Length] += by;
        if (had != counts[block.Length] > 0)
        {
            int[] lengths = [.. Enumerable.Range(0, counts.Length).Where(l => counts[l] > 0).OrderDescending()];
            (_lengths4, _lengths6) = block.Family == IpFamily.IPv4 ? (lengths, _lengths6) : (_lengths4, lengths);
        }
    }

    private object? FindBlock(IpPrefix block) => block.Family == IpFamily.IPv4
        ? _blocks4.GetValueOrDefault(MemberIndex.Key4(block.First, block.Length))
        : _blocks6.GetValueOrDefault(MemberIndex.Key6(block.First, block.Length));

    private void StoreBlock(IpPrefix block, object sets)
    {
        if (block.Family == IpFamily.IPv4)
        {
            _blocks4.Set(MemberIndex.Key4(block.First, block.Length), sets);
        }
        else
        {
            _blocks6.Set(MemberIndex.Key6(block.First, block.Length), sets);
        }
    }

    // What a stored block must know of the blocks around it.
    private void Compose(IpPrefix block)
    {
        if (FindBlock(block) is not { } known)
        {
            return;
        }

        int[] own = BlockSets.Own(known), all = own;
        foreach (int length in block.Family == IpFamily.IPv4 ? _lengths4 : _lengths6)
        {
            if (length < block.Length && FindBlock(new IpPrefix(block.First, length)) is { } outer)
            {
                foreach (int slot in BlockSets.Own(outer))
                {
                    all = Inserted(all, slot, NameOf);
                }
            }
        }

        if (!ReferenceEquals(all, own) || known is not int[])
        {
            _isChanged = true;
            StoreBlock(block, ReferenceEquals(all, own) ? own : new BlockSets(own, all));
        }
    }

    private int[] SetsOf(IpAddress address)
    {
        foreach (int length in address.Family == IpFamily.IPv4 ? _lengths4 : _lengths6)
        {
            if (FindBlock(new IpPrefix(address, length)) is { } sets)
            {
                return BlockSets.All(sets);
            }
        }

        return s_nobody;
    }

    private IEnumerable<IpPrefix> Blocks() =>
        _blocks4.Freeze().Items().Select(b => new IpPrefix(IpAddress.FromIPv4((uint)(b.Key >> 8)), (int)(b.Key & 0xFF)))
            .Concat(_blocks6.Freeze().Items().Select(b => new IpPrefix(IpAddress.From(IpFamily.IPv6, b.Key.Item1), b.Key.Item2)));
}
