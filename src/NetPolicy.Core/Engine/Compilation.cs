using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Policies;
using NetPolicy.Policies.Normalization;

namespace NetPolicy.Engine;

/// <summary>
/// Follows policies and endpoints and keeps what evaluation reads: which selectors select which classes, which class an endpoint is of, which programs a class has.
/// One writer; what it yields is immutable and shared between generations. Work is proportional to what a change reaches.
/// </summary>
internal sealed partial class Compilation(StagedMode staged)
{
    private readonly SelectorIndex _index = new();
    private readonly Dictionary<EndpointSelector, SelectorEntry> _selectors = [];
    private readonly List<SelectorEntry?> _selectorById = [];
    private readonly Stack<int> _freeSelectors = [];
    private readonly Dictionary<LabelShape, ShapeEntry> _shapes = new(ReferenceEqualityComparer.Instance);
    private readonly ShapeIndex _shapeIndex = new();
    private readonly Dictionary<ClassKey, ClassEntry> _classes = [];
    private readonly List<ClassEntry?> _classById = [];
    private readonly Stack<int> _freeClasses = [];
    private readonly Dictionary<(bool, EquatableArray<NamedPort>), int> _portsIds = [];
    private readonly Dictionary<ObjectId, CompiledPolicy> _policies = [];
    private readonly HashSet<ObjectId> _needy = [];
    private readonly HashSet<string> _needyProfiles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _policiesOfTier = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tier> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProfileEntry> _profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<ProgramKey, ProgramEntry> _programs = [];
    private ProgramPool _pool = new();
    private readonly PersistentList<ClassSet>.Builder _sets = PersistentList<ClassSet>.Empty.ToBuilder();
    private readonly PersistentList<EndpointClass?>.Builder _classList = PersistentList<EndpointClass?>.Empty.ToBuilder();
    private readonly PersistentList<Seat>.Builder _seats = PersistentList<Seat>.Empty.ToBuilder();
    private readonly PersistentMap<ObjectId, Policy>.Builder _policyMap = PersistentMap<ObjectId, Policy>.Empty.ToBuilder();
    private Dictionary<string, Tier> _tiers = [];
    private Tier[] _tierList = [];
    private long _numbers;
    private int _portsNumbers;

    // Of the change that is being taken.
    private readonly HashSet<ClassEntry> _dirty = [];
    private readonly List<SelectorEntry> _fresh = [];
    private readonly HashSet<SelectorEntry> _unused = [];
    private readonly List<SelectorEntry> _setChanges = [];
    private readonly Dictionary<ShapeEntry, List<int>> _added = [];
    private readonly HashSet<ShapeEntry> _freshShapes = [];
    private readonly List<int> _buffer = [];
    private readonly List<int> _changedSets = [];
    private PersistentList<ClassSet> _before = PersistentList<ClassSet>.Empty;
    private SetChanges _setHistory = new(PersistentList<ClassSet>.Empty, []);
    private Cluster _cluster = null!;

    /// <summary>How much is kept for documents that are there, and how many numbers were ever needed at once.</summary>
    public CompilationSize Size => new(
        _policies.Count + _needy.Count + _needyProfiles.Count,
        _selectors.Count,
        _shapes.Count,
        _classes.Count,
        _programs.Count,
        _profiles.Count,
        _policiesOfTier.Count + _declared.Count,
        _dirty.Count + _fresh.Count + _unused.Count + _setChanges.Count + _added.Count + _freshShapes.Count + _changedSets.Count,
        _selectorById.Count,
        _classById.Count);

    /// <summary>Takes a change of the cluster and of documents, and yields the new generation.</summary>
    public CompiledWorld Apply(Cluster cluster, ClusterDelta delta, IReadOnlyCollection<DocumentChange> documents)
    {
        _cluster = cluster;
        MakeRoom(documents.Count - delta.Selectables.Count, delta.Selectables.Count);
        TakeTiers(documents);
        foreach ((ObjectId id, Policy? policy) in PolicyChanges(delta, documents))
        {
            Replace(id, policy);
        }

        UpdateTiers();
        TakeProfiles(delta);
        foreach (SlotChange<Selectable> change in delta.Selectables)
        {
            Move(change.Index, change.Old?.Shape, change.New);
        }

        SettleShapes();
        Match();
        Classify();
        UpdateSets();
        foreach (ClassEntry dirty in _dirty)
        {
            UpdatePrograms(dirty);
        }

        _dirty.Clear();
        PersistentList<ClassSet> sets = _sets.Freeze();
        if (!ReferenceEquals(sets, _before))
        {
            _setHistory = new SetChanges(_before, [.. _changedSets]);
            _before = sets;
        }

        _changedSets.Clear();
        return new CompiledWorld(sets, _setHistory, _classList.Freeze(), _seats.Freeze(), _policyMap.Freeze(), _tierList);
    }

    // Tables that grow by doubling would move everything several times while the first documents come.
    private void MakeRoom(int others, int selectables)
    {
        if (_policies.Count > 0 || others < 1_000)
        {
            return;
        }

        _policies.EnsureCapacity(others);
        _policyMap.EnsureCapacity(others);
        _selectors.EnsureCapacity(others);
        int shapes = Math.Min(selectables, others);
        _shapes.EnsureCapacity(shapes);
        _classes.EnsureCapacity(shapes);
        _programs.EnsureCapacity(shapes);
    }

    // Documents that changed, and policies whose rules mean something else because Services, nodes or names did.
    private Dictionary<ObjectId, Policy?> PolicyChanges(ClusterDelta delta, IReadOnlyCollection<DocumentChange> documents)
    {
        List<(ObjectId Id, Manifest Manifest)> read = [];
        List<ObjectId> gone = [];
        foreach (DocumentChange document in documents)
        {
            if (document.New is { } manifest && Normalizer.IsPolicy(manifest))
            {
                read.Add((document.Id, manifest));
            }
            else if (_policies.ContainsKey(document.Id))
            {
                gone.Add(document.Id);
            }
        }

        Policy?[] normalized = new Policy?[read.Count];
        if (read.Count > 1_000)
        {
            Parallel.For(0, read.Count, i => normalized[i] = Normalizer.Normalize(read[i].Manifest));
        }
        else
        {
            for (int i = 0; i < normalized.Length; i++)
            {
                normalized[i] = Normalizer.Normalize(read[i].Manifest);
            }
        }

        Dictionary<ObjectId, Policy?> changes = new(gone.Count + read.Count);
        foreach (ObjectId id in gone)
        {
            changes[id] = null;
        }

        for (int i = 0; i < normalized.Length; i++)
        {
            changes[read[i].Id] = normalized[i];
        }

        if (delta.AreNodePeersChanged || delta.AreDomainNamesChanged || delta.SliceBackends.Count > 0)
        {
            foreach (ObjectId id in _needy)
            {
                if (IsTouched(_policies[id].Needs, delta))
                {
                    changes.TryAdd(id, _policies[id].Policy);
                }
            }
        }

        return changes;
    }

    private static bool IsTouched(RuleNeeds needs, ClusterDelta delta) =>
        (needs.Nodes && delta.AreNodePeersChanged)
        || (needs.DomainNames && delta.AreDomainNamesChanged)
        || (needs.Services.Count > 0 && needs.Services.Overlaps(delta.SliceBackends));

    private void Replace(ObjectId id, Policy? policy)
    {
        if (_policies.Remove(id, out CompiledPolicy? old))
        {
            SelectorEntry subject = _selectorById[old.Subject.Id]!;
            subject.Subjects.Remove(old);
            Touch(subject);
            Release(old.Subject);
            Release(old.Needs);
            _needy.Remove(id);
            _policyMap.Remove(id);
            Count(old.Policy.Tier, -1);
        }

        if (policy is null)
        {
            return;
        }

        RuleNeeds needs = new();
        CompiledSelector selector = Use(policy.Subject);
        CompiledPolicy compiled = new(
            policy, _numbers++, selector, Compile(policy.Ingress, needs), Compile(policy.Egress, needs), needs.Close());
        _policies[id] = compiled;
        SelectorEntry entry = _selectorById[selector.Id]!;
        entry.Subjects.Add(compiled);
        Touch(entry);
        _policyMap.Set(id, policy);
        if (needs.IsAny)
        {
            _needy.Add(id);
        }

        Count(policy.Tier, 1);
    }

    // The classes that a policy's subject selects have other programs now.
    private void Touch(SelectorEntry subject)
    {
        if (_sets.Count > subject.Compiled.Id && _sets[subject.Compiled.Id] is { } classes)
        {
            foreach (int one in classes.Enumerate())
            {
                if (_classById[one] is { } entry)
                {
                    _dirty.Add(entry);
                }
            }
        }
    }

    private void Count(string tier, int step)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_policiesOfTier, tier, out _);
        count += step;
        if (count == 0)
        {
            _policiesOfTier.Remove(tier);
        }
    }

    private void TakeTiers(IReadOnlyCollection<DocumentChange> documents)
    {
        foreach (DocumentChange document in documents)
        {
            if (document.Old is TierManifest old)
            {
                _declared.Remove(old.Metadata.Name ?? "");
            }
        }

        foreach (DocumentChange document in documents)
        {
            if (document.New is TierManifest tier)
            {
                _declared[tier.Metadata.Name ?? ""] = Normalizer.Normalize(tier);
            }
        }
    }

    // §5.1: a tier that only policies name sorts after all declared ones.
    private void UpdateTiers()
    {
        Dictionary<string, Tier> tiers = new(_declared, StringComparer.Ordinal)
        {
            [Tier.KubeAdmin.Name] = Tier.KubeAdmin,
            [Tier.Default.Name] = Tier.Default,
            [Tier.KubeBaseline.Name] = Tier.KubeBaseline,
        };
        foreach (string name in _policiesOfTier.Keys)
        {
            tiers.TryAdd(name, new Tier(name, null, PassesByDefault: false, IsDeclared: false));
        }

        if (tiers.Count == _tiers.Count && tiers.All(t => _tiers.TryGetValue(t.Key, out Tier? known) && known == t.Value))
        {
            return;
        }

        HashSet<string> changed = [.. tiers.Keys.Where(name => _tiers.TryGetValue(name, out Tier? known) && known != tiers[name])];
        _tiers = tiers;
        _pool = new ProgramPool();
        _tierList = [.. tiers.Values.Order()];
        if (changed.Count > 0)
        {
            foreach (SelectorEntry subject in _policies.Values.Where(p => changed.Contains(p.Policy.Tier)).Select(p => _selectorById[p.Subject.Id]!).Distinct())
            {
                Touch(subject);
            }

            // Programs are made when they are asked for, with the tiers they were given.
            foreach (ProgramEntry program in _programs.Values)
            {
                program.IsStale |= program.Set.Policies.Any(p => changed.Contains(p.Policy.Tier));
            }
        }
    }

    private void TakeProfiles(ClusterDelta delta)
    {
        foreach (string name in delta.Profiles.Concat(_needyProfiles.Where(n => IsTouched(_profiles[n].Steps.Needs, delta))).Distinct().ToArray())
        {
            if (_profiles.TryGetValue(name, out ProfileEntry? entry))
            {
                Release(entry.Steps.Needs);
                entry.Steps = CompileProfile(name);
                _dirty.UnionWith(entry.Shapes.Items().Select(shape => shape.Class!));
            }
        }
    }

    /// <summary>A selector and what uses it.</summary>
    private sealed class SelectorEntry(CompiledSelector compiled)
    {
        public CompiledSelector Compiled => compiled;

        public int Uses { get; set; }

        /// <summary>True while it is in the index.</summary>
        public bool IsFiled { get; set; }

        public SmallSet<CompiledPolicy> Subjects;

        /// <summary>Classes that its set takes in this change.</summary>
        public List<int>? Added { get; set; }

        /// <summary>Classes that its set loses in this change.</summary>
        public List<int>? Removed { get; set; }
    }

    private sealed class ProfileEntry(ProfileSteps steps)
    {
        public ProfileSteps Steps { get; set; } = steps;

        public SmallSet<ShapeEntry> Shapes;
    }
}
