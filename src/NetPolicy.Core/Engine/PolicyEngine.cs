using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Validation;

namespace NetPolicy.Engine;

/// <summary>
/// Follows a cluster: takes changes and yields immutable snapshots that answer.
/// </summary>
/// <remarks>
/// Readers take <see cref="Current"/> without locking, at any time and from any thread. Batches are serialised.
/// A snapshot is a function of the current documents, never of how they came. This version recompiles everything for each batch.
/// </remarks>
public sealed class PolicyEngine
{
    private readonly Lock _writing = new();
    private readonly EngineOptions _options;
    private readonly Dictionary<ObjectId, Manifest> _manifests = [];
    private EquatableArray<SetAside> _setAside;
    private volatile Snapshot _current;

    /// <summary>An engine that knows nothing yet.</summary>
    public PolicyEngine(EngineOptions? options = null)
    {
        _options = options ?? EngineOptions.Default;
        _current = new Snapshot([], _options, revision: 0);
    }

    /// <summary>The newest snapshot.</summary>
    public Snapshot Current => _current;

    /// <summary>Applies a batch as one step. O(everything) if anything changed.</summary>
    public Delta Apply(params IEnumerable<Change> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        lock (_writing)
        {
            Dictionary<ObjectId, Manifest?> before = [];
            foreach (Change change in changes)
            {
                Take(change, before);
            }

            return Finish(before, [.. _setAside.Where(document => document.Id is null || !before.ContainsKey(document.Id.Value))]);
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
                return new Delta(_current, []) { Admission = admission };
            }

            Dictionary<ObjectId, Manifest?> before = [];
            Take(new Change.ReplaceAll(admission.Documents), before);
            return Finish(before, admission.SetAside) with { Admission = admission };
        }
    }

    private Delta Finish(Dictionary<ObjectId, Manifest?> before, EquatableArray<SetAside> setAside)
    {
        ObjectId[] changed =
        [
            .. before.Where(b => !Equals(b.Value, _manifests.GetValueOrDefault(b.Key)))
                .Select(b => b.Key)
                .OrderBy(id => id.ToString(), StringComparer.Ordinal),
        ];
        if (changed.Length > 0 || setAside != _setAside)
        {
            _setAside = setAside;
            _current = new Snapshot(_manifests.Values, _options, _current.Revision + 1, setAside);
        }

        return new Delta(_current, [.. changed]);
    }

    private void Take(Change change, Dictionary<ObjectId, Manifest?> before)
    {
        switch (change)
        {
            case Change.Upsert upsert:
                Set(upsert.Manifest.Id, upsert.Manifest, before);
                break;
            case Change.Remove remove:
                Set(remove.Id, null, before);
                break;
            case Change.ReplaceAll all:
                foreach (ObjectId id in _manifests.Keys.ToArray())
                {
                    Set(id, null, before);
                }

                foreach (Manifest manifest in all.Manifests)
                {
                    Set(manifest.Id, manifest, before);
                }

                break;
            default:
                throw new ArgumentException($"unknown change {change}", nameof(change));
        }
    }

    private void Set(ObjectId id, Manifest? manifest, Dictionary<ObjectId, Manifest?> before)
    {
        before.TryAdd(id, _manifests.GetValueOrDefault(id));
        if (manifest is null)
        {
            _manifests.Remove(id);
        }
        else
        {
            _manifests[id] = manifest;
        }
    }
}
