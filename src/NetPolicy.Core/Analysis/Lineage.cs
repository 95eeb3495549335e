using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>What universes made from one another share. Used by one of them at a time; what they read of it afterwards only grows.</summary>
internal sealed class Lineage
{
    private readonly Dictionary<(int Old, int New, string Tag), EndClass> _classes = [];
    private Tiles? _tiles;
    private object[] _tileSources = [];

    public Lineage(int worlds, ServiceView view, TrafficDetail detail, bool plain)
    {
        View = view;
        Detail = detail;
        IsPlain = plain;
        Tables = new TrafficTables(detail);
        Worlds = [.. Enumerable.Range(0, worlds).Select(_ => new World(view, Tables, plain))];
    }

    public Lock Using { get; } = new();

    public ServiceView View { get; }

    public TrafficDetail Detail { get; }

    public bool IsPlain { get; }

    public TrafficTables Tables { get; }

    public World[] Worlds { get; }

    /// <summary>Grows with each universe.</summary>
    public int Build { get; private set; }

    /// <summary>True if starting anew is cheaper than going on.</summary>
    public bool IsWorn => Array.Exists(Worlds, w => w.IsWorn);

    /// <summary>Tables of pairs that a node takes part in, by the bases of their places and whether they share a node.</summary>
    public ConcurrentDictionary<(int World, int From, int To, bool SameNode), int> Near { get; } = new();

    public void Follow(Snapshot[] snapshots)
    {
        Build++;
        for (int w = 0; w < Worlds.Length; w++)
        {
            Worlds[w].Follow(snapshots[w]);
        }
    }

    /// <summary>The outside as the worlds cut it now.</summary>
    public Tiles TilesOf()
    {
        object[] sources = [.. Worlds.Select(w => w.TileSource)];
        if (_tiles is null || !sources.AsSpan().SequenceEqual(_tileSources))
        {
            _tileSources = sources;
            _tiles = new Tiles(AddressSpace.Tile(Worlds), Worlds);
        }

        return _tiles;
    }

    public EndClass ClassOf(Place? old, Place? @new, string tag)
    {
        ref EndClass? own = ref CollectionsMarshal.GetValueRefOrAddDefault(_classes, (old?.Id ?? -1, @new?.Id ?? -1, tag), out _);
        return own ??= new EndClass(Worlds.Length == 1 ? [old] : [old, @new], tag);
    }
}

/// <summary>Ends that no world tells apart.</summary>
internal sealed class EndClass
{
    public EndClass(Place?[] places, string tag)
    {
        Places = places;
        Tag = tag;
        TileKey key = default;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<TileKey>(ref key)));
        Key = key;
    }

    public Place?[] Places { get; }

    public string Tag { get; }

    /// <summary>Random numbers that stand for it in sums.</summary>
    public TileKey Key { get; }

    /// <summary>The last universe that had it, and its place there.</summary>
    public int Build { get; set; }

    public int Index { get; set; }
}
