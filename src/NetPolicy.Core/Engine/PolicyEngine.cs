using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Engine;

/// <summary>
/// Follows a cluster: takes changes and yields immutable snapshots that answer.
/// </summary>
/// <remarks>
/// Readers take <see cref="Current"/> without locking, at any time and from any thread. Batches are serialised.
/// A snapshot is a function of the current documents, never of how they came.
/// </remarks>
public sealed class PolicyEngine
{
    private readonly Lock _writing = new();
    private readonly EngineOptions _options;
    private ClusterStore _store = new();
    private Compilation _compilation;
    private EquatableArray<SetAside> _setAside;
    private volatile Snapshot _current;

    /// <summary>An engine that knows nothing yet.</summary>
    public PolicyEngine(EngineOptions? options = null)
    {
        _options = options ?? EngineOptions.Default;
        _compilation = new Compilation(_options.Staged);
        _current = new Snapshot(_store.Current, _compilation.Apply(_store.Current, ClusterDelta.None, []), _options, revision: 0);
    }

    /// <summary>What it keeps besides snapshots.</summary>
    internal CompilationSize Size => _compilation.Size;

    /// <summary>The newest snapshot.</summary>
    public Snapshot Current => _current;

    /// <summary>Applies a batch as one step. The cost is that of what it reaches: the endpoints, selectors and policies whose answers it can change.</summary>
    public Delta Apply(params IEnumerable<Change> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        lock (_writing)
        {
            Dictionary<ObjectId, Manifest?> wanted = changes.TryGetNonEnumeratedCount(out int count) ? new(count) : [];
            foreach (Change change in changes)
            {
                Take(change, wanted);
            }

            return Finish(wanted, [.. _setAside.Where(document => document.Id is null || !wanted.ContainsKey(document.Id.Value))]);
        }
    }

    /// <summary>
    /// Forgets everything and takes what was read instead; policies with errors are dealt with as <see cref="EngineOptions.InvalidPolicies"/> says.
    /// If that rejects the documents, the snapshot stays as it is: the last valid set goes on deciding.
    /// </summary>
    /// <param name="read">What was read.</param>
    /// <param name="options">How to validate.</param>
    public Delta Replace(ManifestReadResult read, ValidationOptions? options = null)
    {
        Admission admission = Admission.Of(read, _options.InvalidPolicies, options);
        lock (_writing)
        {
            if (admission.IsRejected)
            {
                return new Delta(_current, _current, []) { Admission = admission };
            }

            Dictionary<ObjectId, Manifest?> wanted = [];
            Take(new Change.ReplaceAll(admission.Documents), wanted);
            return Finish(wanted, admission.SetAside) with { Admission = admission };
        }
    }

    private Delta Finish(Dictionary<ObjectId, Manifest?> wanted, EquatableArray<SetAside> setAside)
    {
        List<DocumentChange> changes = new(wanted.Count);
        foreach ((ObjectId id, Manifest? manifest) in wanted)
        {
            Manifest? known = _store.Find(id);
            if (!Equals(known, manifest))
            {
                changes.Add(new DocumentChange(id, known, manifest));
            }
        }

        if (changes.Count == 0 && setAside == _setAside)
        {
            return new Delta(_current, _current, []);
        }

        Snapshot previous = _current;
        Advance(changes, setAside);
        return new Delta(previous, _current, changes);
    }

    private void Advance(List<DocumentChange> changes, EquatableArray<SetAside> setAside)
    {
        Snapshot last = _current;
        try
        {
            ClusterDelta delta = _store.Apply(changes);
            CompiledWorld world = _compilation.Apply(_store.Current, delta, changes);
            _setAside = setAside;
            _current = new Snapshot(_store.Current, world, _options, last.Revision + 1, setAside);
        }
        catch
        {
            // Whatever half of it was taken is dropped: the engine goes on from the last snapshot's documents.
            _store = new ClusterStore();
            _compilation = new Compilation(_options.Staged);
            DocumentChange[] all = [.. last.Cluster.Documents.Items().Select(d => new DocumentChange(d.Key, null, d.Value))];
            ClusterDelta delta = _store.Apply(all);
            _compilation.Apply(_store.Current, delta, all);
            throw;
        }
    }

    private void Take(Change change, Dictionary<ObjectId, Manifest?> wanted)
    {
        switch (change)
        {
            case Change.Upsert upsert:
                wanted[upsert.Manifest.Id] = upsert.Manifest;
                break;
            case Change.Remove remove:
                wanted[remove.Id] = null;
                break;
            case Change.ReplaceAll all:
                wanted.Clear();
                foreach ((ObjectId id, _) in _current.Cluster.Documents.Items())
                {
                    wanted[id] = null;
                }

                foreach (Manifest manifest in all.Manifests)
                {
                    wanted[manifest.Id] = manifest;
                }

                break;
            default:
                throw new ArgumentException($"unknown change {change}", nameof(change));
        }
    }
}
