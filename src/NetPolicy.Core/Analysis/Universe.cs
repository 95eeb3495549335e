using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Analysis;

/// <summary>
/// The ends of one or two worlds, put into groups on which all worlds agree, and the traffic between groups in each world. Immutable once made.
/// Between classes of ends it looks up what two ends make of each other; only ends that need it are evaluated flow by flow.
/// </summary>
internal sealed partial class Universe
{
    private readonly Lineage _lineage;
    private readonly World[] _worlds;
    private readonly Snapshot[] _snapshots;
    private readonly (World World, Dictionary<string, Place> Places)?[] _left;
    private readonly bool _isMaking = true;
    private readonly TrafficTables _tables;
    private readonly Tiles _tiles;
    private readonly EndClass[] _classes;
    private readonly List<string>[] _names;
    private readonly WorldView[] _views;
    private readonly bool _isSingle;
    private readonly bool _hasSpecial;
    private readonly int[] _tileIds = [];
    private readonly ConcurrentDictionary<(int World, int From, int To, bool SameNode), int> _general = new();
    private readonly ConcurrentDictionary<(int World, int From, int To), int> _direct = new();

    private Universe(Lineage lineage, Universe? previous, Func<Endpoint, string> tag)
    {
        _lineage = lineage;
        _worlds = lineage.Worlds;
        _snapshots = [.. _worlds.Select(w => w.Snapshot)];
        _left = new (World, Dictionary<string, Place>)?[_worlds.Length];
        _tables = lineage.Tables;
        _isSingle = _worlds.Length == 1;
        (_classes, _names, _views) = CollectClasses(tag);
        _tiles = lineage.TilesOf();
        for (int w = 0; w < _worlds.Length; w++)
        {
            _worlds[w].MakeVectors(_tiles, _classes.Select(c => c.Places[w]).OfType<Place>());
            _views[w].Take(_worlds[w], _classes, w, _tiles.Count);
        }

        _hasSpecial = _tiles.Special.Length > 0 || Array.Exists(_views, v => v.HasSpecial);
        if (_hasSpecial)
        {
            Dictionary<object, int> ids = [];
            _tileIds = new int[_tiles.Count];
            for (int t = 0; t < _tileIds.Length; t++)
            {
                object key = _isSingle
                    ? _worlds[0].KeyOf(_tiles.Representatives[t])
                    : (_worlds[0].KeyOf(_tiles.Representatives[t]), _worlds[1].KeyOf(_tiles.Representatives[t]));
                ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, key, out bool known);
                id = known ? id : -ids.Count;
                _tileIds[t] = id;
            }
        }

        TakeSums(previous);
        Groups = Merge();
        _isMaking = false;
    }

    /// <summary>Groups in the order of their first member; those of outside addresses last.</summary>
    public IReadOnlyList<EndGroup> Groups { get; }

    public World[] Worlds => _worlds;

    /// <summary>One or two snapshots, by themselves.</summary>
    /// <param name="snapshots">One or two.</param>
    /// <param name="view">What a Service's address is.</param>
    /// <param name="detail">What must be equal within a group.</param>
    /// <param name="tag">Splits groups further: workloads with different tags never share one.</param>
    /// <param name="plain">True to evaluate every pair; the answer is the same.</param>
    public static Universe Of(Snapshot[] snapshots, ServiceView view, TrafficDetail detail, Func<Endpoint, string> tag, bool plain = false)
    {
        Lineage lineage = new(snapshots.Length, view, detail, plain);
        lock (lineage.Using)
        {
            lineage.Follow(snapshots);
            return new Universe(lineage, null, tag);
        }
    }

    /// <summary>The same for a later snapshot of the same engine. Work is proportional to the classes that came, went or behave otherwise.</summary>
    public Universe Update(Snapshot snapshot, Func<Endpoint, string> tag)
    {
        lock (_lineage.Using)
        {
            if (_lineage.IsWorn)
            {
                return Of([snapshot], _lineage.View, _lineage.Detail, tag, _lineage.IsPlain);
            }

            _lineage.Follow([snapshot]);
            return new Universe(_lineage, this, tag);
        }
    }

    /// <summary>Traffic in a world; null if the pair says nothing: outside to outside, or a group of one to itself.</summary>
    public TrafficTable? Table(EndGroup from, EndGroup to, int world)
    {
        int cell = CellOf(from, to);
        return cell < 0 ? null : _tables[TableOf(cell, world)];
    }

    /// <summary>The table with a number.</summary>
    public TrafficTable TableAt(int table) => _tables[table];

    /// <summary>True if all worlds say the same of a pair, or it is not spoken of.</summary>
    public bool IsUnchanged(EndGroup from, EndGroup to)
    {
        int cell = CellOf(from, to);
        return cell < 0 || _isSingle || _tables.TablesOf(cell) is var (old, @new) && old == @new;
    }

    /// <summary>Families that the ends have in common: bit 0 IPv4, bit 1 IPv6. 0 if one does not exist.</summary>
    public int Families(EndGroup from, EndGroup to, int world) => FamiliesOf(from, world) & FamiliesOf(to, world);

    /// <summary>
    /// Cells of some sources next to each other, each towards all groups in their order; -1 where nothing is said. Neighbours have neighbouring places in what a
    /// destination says of its peers, so that several rows cost little more time than one.
    /// </summary>
    /// <param name="first">The first source.</param>
    /// <param name="rows">One for each source, as long as there are groups.</param>
    public void Rows(int first, ReadOnlySpan<int[]> rows)
    {
        int inside = 0;
        while (inside < Groups.Count && !Groups[inside].IsOutside)
        {
            EndGroup to = Groups[inside];
            for (int r = 0; r < rows.Length; r++)
            {
                rows[r][inside] = CellOf(Groups[first + r], to);
            }

            inside++;
        }

        for (int r = 0; r < rows.Length; r++)
        {
            RowOutside(Groups[first + r], inside, rows[r]);
        }
    }

    private void RowOutside(EndGroup from, int inside, int[] cells)
    {
        if (from.IsOutside)
        {
            cells.AsSpan(inside).Fill(-1);
            return;
        }

        List<(int First, int End, int Cell)> runs = [];
        Runs(from.Representative, isOutgoing: true, runs);
        int run = 0;
        for (int t = inside; t < Groups.Count; t++)
        {
            while (runs[run].End <= Groups[t].Representative)
            {
                run++;
            }

            cells[t] = runs[run].Cell;
        }
    }

    private int TableOf(int cell, int world) => _isSingle ? cell : world == 0 ? _tables.TablesOf(cell).Old : _tables.TablesOf(cell).New;

    private int FamiliesOf(EndGroup group, int world) => group.IsOutside
        ? group.Representative >= _tiles.Split ? 2 : 1
        : _classes[group.Representative].Places[world]?.Peer.Families ?? 0;

    private int CellOf(EndGroup from, EndGroup to) =>
        from == to ? from.Inner
        : from.IsOutside ? to.IsOutside ? -1 : FromOutside(from.Representative, to.Representative)
        : to.IsOutside ? ToOutside(from.Representative, to.Representative)
        : Inside(from.Representative, to.Representative);

    private (EndClass[], List<string>[], WorldView[]) CollectClasses(Func<Endpoint, string> tag)
    {
        List<(string Name, Place? Old, Place? New, string Tag)> ends = _isSingle ? EndsOf(_worlds[0], tag) : EndsOf(_worlds[0], _worlds[1], tag);
        List<EndClass> classes = [];
        List<List<string>> names = [];
        WorldView[] views = [.. _worlds.Select(_ => new WorldView())];
        foreach ((string name, Place? old, Place? @new, string ownTag) in ends)
        {
            EndClass own = _lineage.ClassOf(old, @new, ownTag);
            if (own.Build != _lineage.Build)
            {
                own.Build = _lineage.Build;
                own.Index = classes.Count;
                classes.Add(own);
                names.Add([name]);
            }
            else
            {
                names[own.Index].Add(name);
            }
        }

        return ([.. classes], [.. names], views);
    }

    private static List<(string Name, Place? Old, Place? New, string Tag)> EndsOf(World world, Func<Endpoint, string> tag)
    {
        List<(string Name, Endpoint? Endpoint, Place Place)> all = world.Ends;
        int nodes = all.Count;
        while (nodes > 0 && all[nodes - 1].Endpoint is null)
        {
            nodes--;
        }

        List<(string, Place?, Place?, string)> merged = new(all.Count);
        int e = 0, n = nodes;
        while (e < nodes || n < all.Count)
        {
            bool isNode = e == nodes || (n < all.Count && string.CompareOrdinal(all[n].Name, all[e].Name) < 0);
            (string name, Endpoint? endpoint, Place place) = all[isNode ? n++ : e++];
            merged.Add((name, place, null, endpoint is null ? "" : tag(endpoint)));
        }

        return merged;
    }

    private static List<(string Name, Place? Old, Place? New, string Tag)> EndsOf(World old, World @new, Func<Endpoint, string> tag)
    {
        SortedDictionary<string, (Place? Old, Place? New, string Tag)> named = new(StringComparer.Ordinal);
        foreach ((string name, Endpoint? endpoint, Place place) in old.Ends)
        {
            named[name] = (place, null, endpoint is null ? "" : tag(endpoint));
        }

        foreach ((string name, Endpoint? endpoint, Place place) in @new.Ends)
        {
            named[name] = named.TryGetValue(name, out (Place? Old, Place? New, string Tag) known) ? known with { New = place } : (null, place, endpoint is null ? "" : tag(endpoint));
        }

        return [.. named.Select(n => (n.Key, n.Value.Old, n.Value.New, n.Value.Tag))];
    }

    private int Cell(int old, int @new) => _isSingle ? old : _tables.Cell(old, @new);

    private int Inside(int from, int to) => Cell(Inside(0, from, to), _isSingle ? 0 : Inside(1, from, to));

    private int ToOutside(int from, int tile) => Cell(ToOutside(0, from, tile), _isSingle ? 0 : ToOutside(1, from, tile));

    private int FromOutside(int tile, int to) => Cell(FromOutside(0, tile, to), _isSingle ? 0 : FromOutside(1, tile, to));

    private int Inside(int world, int from, int to)
    {
        WorldView view = _views[world];
        Place? source = view.Places[from], destination = view.Places[to];
        if (source is null || destination is null)
        {
            return 0;
        }

        if (source.IsSpecial || destination.IsSpecial)
        {
            return General(world, from, to);
        }

        if ((source.IsNode || destination.IsNode) && ((source.IsNode && destination.IsNode) || source.Node == destination.Node))
        {
            return Near(world, from, to);
        }

        return _tables.Meet(view.Egress[from][destination.Peer.Id] - 1, view.Ingress[to][source.Peer.Id] - 1);
    }

    private int ToOutside(int world, int from, int tile)
    {
        WorldView view = _views[world];
        return view.Places[from] is not { } source ? 0
            : source.IsSpecial || _tiles.IsSpecial(tile) ? GeneralOut(world, from, tile, isOutgoing: true)
            : _tables.Meet(view.EgressOut[from][tile], _tables.Nothing[source.Peer.Families]);
    }

    private int FromOutside(int world, int tile, int to)
    {
        WorldView view = _views[world];
        return view.Places[to] is not { } destination ? 0
            : destination.IsSpecial || _tiles.IsSpecial(tile) ? GeneralOut(world, to, tile, isOutgoing: false)
            : _tables.Meet(_tables.Nothing[destination.Peer.Families], view.IngressOut[to][tile]);
    }

    // Nodes among each other, and with the workloads on them: only what is in the keys of their places makes a difference.
    private int Near(int world, int from, int to)
    {
        Place source = _views[world].Places[from]!, destination = _views[world].Places[to]!;
        (int, int, int, bool) key = (world, source.Base, destination.Base, source.Node == destination.Node);
        return _lineage.Near.TryGetValue(key, out int table) ? table
            : _lineage.Near.GetOrAdd(key, Ask(world, from, to));
    }

    private int General(int world, int from, int to)
    {
        if (_direct.TryGetValue((world, from, to), out int table))
        {
            return table;
        }

        WorldView view = _views[world];
        Party source = FirstOf(world, from), destination = FirstOf(world, to);

        // Behind a Service the source's node and the backends' nodes meet too.
        if (destination.IsFront && (source.IsNode || destination.MeetsNodes))
        {
            return _direct.GetOrAdd((world, from, to), Ask(world, from, to));
        }

        (int, int, int, bool) key = (world, view.Places[from]!.Base, view.Places[to]!.Base, source.Node >= 0 && source.Node == destination.Node);
        return _general.TryGetValue(key, out table) ? table : _general.GetOrAdd(key, Ask(world, from, to));
    }

    private int GeneralOut(int world, int end, int tile, bool isOutgoing)
    {
        (int, int, int) exact = isOutgoing ? (world, end, ~tile) : (world, ~tile, end);
        if (_direct.TryGetValue(exact, out int table))
        {
            return table;
        }

        Party own = FirstOf(world, end), outside = OutsideOf(world, tile);
        if (isOutgoing ? outside.IsFront && (own.IsNode || outside.MeetsNodes) : own.IsFront && own.MeetsNodes)
        {
            return _direct.GetOrAdd(exact, Ask(world, own, outside, isOutgoing));
        }

        int baseId = _views[world].Places[end]!.Base;
        (int, int, int, bool) key = isOutgoing ? (world, baseId, _tileIds[tile] - 1, false) : (world, _tileIds[tile] - 1, baseId, false);
        return _general.TryGetValue(key, out table) ? table : _general.GetOrAdd(key, Ask(world, own, outside, isOutgoing));
    }

    private int Ask(int world, int from, int to) => At(
        world, (at, places) => TableOf(at, PartyOf(at, places, world, from, isSecond: false), PartyOf(at, places, world, to, from == to)));

    private int Ask(int world, Party own, Party outside, bool isOutgoing) => At(world, (at, _) => isOutgoing ? TableOf(at, own, outside) : TableOf(at, outside, own));

    private int TableOf(World at, Party source, Party destination) => _tables.Table(TrafficTable.Of(at, source, destination, _lineage.Detail));

    // Asks a world that is where this universe's snapshot is: the lineage's own, while no later universe has moved it on; else one that is made for what is left to ask.
    private T At<T>(int world, Func<World, Dictionary<string, Place>?, T> ask)
    {
        if (_isMaking)
        {
            return ask(_worlds[world], null);
        }

        lock (_lineage.Using)
        {
            if (ReferenceEquals(_worlds[world].Snapshot, _snapshots[world]))
            {
                return ask(_worlds[world], null);
            }
        }

        lock (_left)
        {
            if (_left[world] is not { } left)
            {
                World own = new(_lineage.View, _tables, _lineage.IsPlain);
                own.Follow(_snapshots[world]);
                _left[world] = left = (own, own.Ends.ToDictionary(e => e.Name, e => e.Place, StringComparer.Ordinal));
            }

            return ask(left.World, left.Places);
        }
    }

    private Party FirstOf(int world, int index) => _views[world].Parties[index] ?? MakeParty(world, index);

    private Party OutsideOf(int world, int tile) => _views[world].Outside[tile] ??= MakeOutside(world, tile);

    private Party MakeParty(int world, int index) => At(world, (at, places) => PartyOf(at, places, world, index, isSecond: false));

    private Party MakeOutside(int world, int tile) => At(world, (at, _) => at.PartyOf(_tiles.Representatives[tile]));

    private Party PartyOf(World at, Dictionary<string, Place>? places, int world, int index, bool isSecond)
    {
        ref Party? party = ref _views[world].Parties[index];

        // Classes that another world tells apart may have one place in this one: each stands for itself.
        string name = _names[index][0];
        Party first = party ??= at.PartyOf(places is null ? _views[world].Places[index]! : places[name]).At(at.EndOf(name));
        return isSecond ? first.At(at.EndOf(_names[index][1])) : first;
    }

    // What one end says of the outside, piece by piece.
    private void Runs(int index, bool isOutgoing, List<(int First, int End, int Cell)> runs)
    {
        runs.Clear();
        if (Array.Exists(_views, v => v.Places[index] is { IsSpecial: true }))
        {
            for (int t = 0; t < _tiles.Count; t++)
            {
                runs.Add((t, t + 1, isOutgoing ? ToOutside(index, t) : FromOutside(t, index)));
            }

            return;
        }

        IEnumerable<int> cuts = _views.Where(v => v.Places[index] is not null).SelectMany(v => (isOutgoing ? v.EgressOut : v.IngressOut)[index].Firsts);
        if (!_isSingle || _tiles.Special.Length > 0)
        {
            cuts = cuts.Concat(_tiles.Special).Concat(_tiles.Special.Select(t => t + 1)).Append(0).Distinct().Order();
        }

        int last = -1;
        foreach (int cut in cuts)
        {
            if (last >= 0)
            {
                runs.Add((last, Math.Min(cut, _tiles.Count), isOutgoing ? ToOutside(index, last) : FromOutside(last, index)));
            }

            last = cut;
        }

        if (last >= 0 && last < _tiles.Count)
        {
            runs.Add((last, _tiles.Count, isOutgoing ? ToOutside(index, last) : FromOutside(last, index)));
        }
    }

    /// <summary>What classes are in one world, side by side.</summary>
    private sealed class WorldView
    {
        public Place?[] Places { get; private set; } = [];

        public int[][] Egress { get; private set; } = [];

        public int[][] Ingress { get; private set; } = [];

        public OutsideRuns[] EgressOut { get; private set; } = [];

        public OutsideRuns[] IngressOut { get; private set; } = [];

        public Party?[] Parties { get; private set; } = [];

        /// <summary>By tile.</summary>
        public Party?[] Outside { get; private set; } = [];

        public bool HasSpecial { get; private set; }

        /// <summary>The same object while what is said of outside addresses stays comparable.</summary>
        public object OutsideToken { get; private set; } = new();

        public void Take(World world, EndClass[] classes, int index, int tiles)
        {
            Outside = new Party?[tiles];
            OutsideToken = world.NothingOutside.Tiles;
            Places = [.. classes.Select(c => c.Places[index])];
            Egress = new int[classes.Length][];
            Ingress = new int[classes.Length][];
            EgressOut = new OutsideRuns[classes.Length];
            IngressOut = new OutsideRuns[classes.Length];
            Parties = new Party?[classes.Length];
            for (int i = 0; i < classes.Length; i++)
            {
                switch (Places[i])
                {
                    case null:
                        break;
                    case { IsSpecial: true }:
                        HasSpecial = true;
                        break;
                    case { IsNode: true }:
                        Egress[i] = Ingress[i] = world.NothingInside;
                        EgressOut[i] = IngressOut[i] = world.NothingOutside;
                        break;
                    case { } place:
                        EndVector egress = world.VectorOf(place, Direction.Egress), ingress = world.VectorOf(place, Direction.Ingress);
                        (Egress[i], EgressOut[i]) = (egress.Inside, egress.Outside!);
                        (Ingress[i], IngressOut[i]) = (ingress.Inside, ingress.Outside!);
                        break;
                }
            }
        }
    }
}

/// <summary>A group while it is made.</summary>
internal sealed class EndGroup(int representative, bool isOutside)
{
    /// <summary>Index of the class, or of the tile, that stands for all.</summary>
    public int Representative { get; } = representative;

    public bool IsOutside { get; } = isOutside;

    /// <summary>Cell of two different members; -1 if there are none or nothing is said.</summary>
    public int Inner { get; set; }

    public List<string> Names { get; } = [];

    /// <summary>True if it is of several classes.</summary>
    public bool IsMixed { get; set; }

    public List<IpRange> Ranges { get; } = [];

    public ConnectivityGroup ToGroup(string id) => new(id, [.. Names], [.. Ranges]);
}
