using NetPolicy.Addresses;
using NetPolicy.Inventory;

namespace NetPolicy.Engine;

/// <summary>The whole address space in parts, within which all addresses meet the same conditions on blocks. A look-up is a binary search.</summary>
internal sealed class AddressParts
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<int[]> _parts = [];
    private readonly ulong[] _parts4;
    private readonly UInt128[] _starts6;
    private readonly int[] _parts6;
    private readonly int _none;
    private readonly bool _isTrivial;

    /// <param name="conditions">Conditions; the first asks for nothing. Those on a Service must be by address.</param>
    public AddressParts(IReadOnlyList<BlockCondition> conditions)
    {
        _isTrivial = conditions.Count == 1;
        int[] inNets = new int[conditions.Count], inNotNets = new int[conditions.Count];
        _none = Intern(Satisfied(conditions, inNets, inNotNets, default), default);
        (UInt128[] starts, int[] parts) = Cut(conditions, IpFamily.IPv4);
        _parts4 = [.. starts.Zip(parts, static (start, part) => ((ulong)(uint)start << 32) | (uint)part)];
        (_starts6, _parts6) = Cut(conditions, IpFamily.IPv6);
    }

    /// <summary>Conditions that addresses of a part meet, in ascending order.</summary>
    public int[] this[int part] => _parts[part];

    /// <summary>Number of parts.</summary>
    public int Count => _parts.Count;

    /// <summary>The part that holds an address, which may be none.</summary>
    public int Of(IpAddress address)
    {
        if (_isTrivial)
        {
            return _none;
        }

        switch (address.Family)
        {
            case IpFamily.IPv4:
                return Find(_parts4, (uint)address.Value);
            case IpFamily.IPv6:
                return _parts6[FindStart(_starts6, address.Value)];
            default:
                return _none;
        }
    }

    /// <summary>The parts of IPv4: first address above number, ascending.</summary>
    public ulong[] IPv4 => _parts4;

    /// <summary>The part of <see cref="IPv4"/> that holds an address.</summary>
    public static int Find(ulong[] parts, uint address)
    {
        // No branch depends on the address: it could not be foretold.
        ulong bound = ((ulong)address << 32) | uint.MaxValue;
        int low = 0;
        for (int left = parts.Length; left > 1;)
        {
            int half = left >>> 1;
            low += parts[low + half] <= bound ? half : 0;
            left -= half;
        }

        return (int)parts[low];
    }

    // The last start that is not greater; the first is zero.
    private static int FindStart(UInt128[] starts, UInt128 value)
    {
        int low = 0, high = starts.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = starts[middle] <= value ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    // Goes over the edges of all blocks once, counting for each condition the blocks around.
    private (UInt128[] Starts, int[] Parts) Cut(IReadOnlyList<BlockCondition> conditions, IpFamily family)
    {
        UInt128 end = family == IpFamily.IPv4 ? uint.MaxValue : UInt128.MaxValue;
        List<(UInt128 At, int Condition, bool IsNot, int Step)> edges = [];
        HashSet<IpAddress> alone = [];
        for (int c = 0; c < conditions.Count; c++)
        {
            AddEdges(conditions[c].Nets, c, isNot: false);
            AddEdges(conditions[c].NotNets, c, isNot: true);
            foreach (SliceBackend backend in conditions[c].Service ?? [])
            {
                if (backend.Address.Family == family && alone.Add(backend.Address))
                {
                    AddEdges([IpPrefix.Single(backend.Address)], -1, isNot: false);
                }
            }
        }

        edges.Sort(static (a, b) => a.At.CompareTo(b.At));
        int[] inNets = new int[conditions.Count], inNotNets = new int[conditions.Count];
        List<UInt128> starts = [];
        List<int> parts = [];
        for (int e = 0; e < edges.Count || starts.Count == 0;)
        {
            UInt128 at = starts.Count == 0 ? 0 : edges[e].At;
            for (; e < edges.Count && edges[e].At == at; e++)
            {
                if (edges[e].Condition >= 0)
                {
                    (edges[e].IsNot ? inNotNets : inNets)[edges[e].Condition] += edges[e].Step;
                }
            }

            IpAddress first = IpAddress.From(family, at);
            starts.Add(at);
            parts.Add(Intern(Satisfied(conditions, inNets, inNotNets, first), alone.Contains(first) ? first : default));
        }

        return ([.. starts], [.. parts]);

        void AddEdges(IpPrefix[]? blocks, int condition, bool isNot)
        {
            foreach (IpPrefix block in blocks ?? [])
            {
                if (block.Family == family)
                {
                    edges.Add((block.First.Value, condition, isNot, 1));
                    if (block.Last.Value != end)
                    {
                        edges.Add((block.Last.Value + 1, condition, isNot, -1));
                    }
                }
            }
        }
    }

    private static List<int> Satisfied(IReadOnlyList<BlockCondition> conditions, int[] inNets, int[] inNotNets, IpAddress address)
    {
        List<int> satisfied = [];
        for (int c = 0; c < conditions.Count; c++)
        {
            BlockCondition condition = conditions[c];
            if ((condition.Nets is null || inNets[c] > 0)
                && (condition.NotNets is null || inNotNets[c] == 0)
                && (condition.Service is null || (address != default && Array.Exists(condition.Service, b => b.Address == address))))
            {
                satisfied.Add(c);
            }
        }

        return satisfied;
    }

    // Backends of a Service have parts of their own, as each has its own ports.
    private int Intern(List<int> satisfied, IpAddress alone)
    {
        string key = $"{alone}|{string.Join(' ', satisfied)}";
        if (!_ids.TryGetValue(key, out int id))
        {
            _ids[key] = id = _parts.Count;
            _parts.Add([.. satisfied]);
        }

        return id;
    }
}
