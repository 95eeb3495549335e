using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;

namespace NetPolicy.Engine;

/// <summary>What a batch of changes did: the world before and after it, and what differs. Lists are made when they are first asked for.</summary>
/// <remarks>It keeps both snapshots alive, so it is not to be collected.</remarks>
public sealed record Delta
{
    private readonly IReadOnlyCollection<DocumentChange> _documents;
    private EquatableArray<ObjectId>? _changed;
    private EquatableArray<EndpointChange>? _endpoints;

    internal Delta(Snapshot previous, Snapshot snapshot, IReadOnlyCollection<DocumentChange> documents)
    {
        Previous = previous;
        Snapshot = snapshot;
        _documents = documents;
    }

    /// <summary>The world before it; the same object as <see cref="Snapshot"/> if the batch changed nothing.</summary>
    public Snapshot Previous { get; }

    /// <summary>The world after it.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>What became of the documents of <see cref="PolicyEngine.Replace"/>; if they were rejected, <see cref="Snapshot"/> is the one before. Null for other changes.</summary>
    public Admission? Admission { get; init; }

    /// <summary>Identities of documents that came, went or differ, in ordinal order; empty if the batch changed nothing.</summary>
    public EquatableArray<ObjectId> Changed => _changed ??= Ordered();

    /// <summary>
    /// Endpoints that came, went, look different, or are judged by other policies, by name. Cost: what differs, and a comparison for each 256 endpoints.
    /// Others may still be judged otherwise, because what policies of theirs select is among these.
    /// </summary>
    public EquatableArray<EndpointChange> Endpoints => _endpoints ??= Differing();

    /// <summary>The documents that differ, in no order.</summary>
    internal IReadOnlyCollection<DocumentChange> Documents => _documents;

    private EquatableArray<ObjectId> Ordered()
    {
        ObjectId[] ids = [.. _documents.Select(d => d.Id)];
        string[] names = [.. ids.Select(id => id.ToString())];
        Array.Sort(names, ids, StringComparer.Ordinal);
        return [.. ids];
    }

    private EquatableArray<EndpointChange> Differing()
    {
        if (ReferenceEquals(Previous, Snapshot))
        {
            return [];
        }

        SortedDictionary<string, (Endpoint? Old, Endpoint? New)> changes = new(StringComparer.Ordinal);
        SortedSet<int> places = [.. PersistentList<Selectable?>.Differences(Previous.Cluster.SelectableList, Snapshot.Cluster.SelectableList, static (x, y) => ReferenceEquals(x, y))];
        places.UnionWith(PersistentList<Seat>.Differences(Previous.World.Seats, Snapshot.World.Seats, static (x, y) => x.Class == y.Class));
        HashSet<int> classes = [.. PersistentList<EndpointClass?>.Differences(Previous.World.Classes, Snapshot.World.Classes, static (x, y) => ReferenceEquals(x?.Programs, y?.Programs))];
        if (classes.Count > 0)
        {
            PersistentList<Seat> seats = Snapshot.World.Seats;
            for (int place = 0; place < seats.Count; place++)
            {
                if (classes.Contains(seats[place].Class))
                {
                    places.Add(place);
                }
            }
        }

        foreach (int place in places)
        {
            if (At(Previous, place) is { } old)
            {
                changes[old.Name] = (old, Snapshot.Cluster.FindEndpoint(old.Name));
            }

            if (At(Snapshot, place) is { } @new)
            {
                changes[@new.Name] = (Previous.Cluster.FindEndpoint(@new.Name), @new);
            }
        }

        return [.. changes.Select(c => new EndpointChange(c.Key, c.Value.Old, c.Value.New))];
    }

    private static Endpoint? At(Snapshot snapshot, int place) =>
        place < snapshot.Cluster.SelectableList.Count ? snapshot.Cluster.SelectableList[place] as Endpoint : null;
}

/// <summary>An endpoint that a batch reached.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Old">What it was; null if it came.</param>
/// <param name="New">What it is; null if it went. The same object as <paramref name="Old"/> if only what applies to it differs.</param>
public sealed record EndpointChange(string Name, Endpoint? Old, Endpoint? New);
