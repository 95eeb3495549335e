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
internal sealed class Compilation(StagedMode staged)
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
        Dictionary<ObjectId, Policy?> changes = [];
        List<(ObjectId Id, Manifest Manifest)> read = [];
        foreach (DocumentChange document in documents)
        {
            if (document.New is { } manifest && Normalizer.IsPolicy(manifest))
            {
                read.Add((document.Id, manifest));
            }
            else if (_policies.ContainsKey(document.Id))
            {
                changes[document.Id] = null;
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
            policy, _numbers++, selector, [.. policy.Ingress.Select(rule => Compile(rule, needs))], [.. policy.Egress.Select(rule => Compile(rule, needs))], needs);
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

    private void Move(int index, LabelShape? from, Selectable? now)
    {
        while (_seats.Count <= index)
        {
            _seats.Add(default);
        }

        LabelShape? to = now?.Shape;
        int known = _seats[index].Class;
        _seats[index] = now is null ? default : Seat.Of(now, _cluster).In(known);
        if (ReferenceEquals(from, to))
        {
            return;
        }

        if (from is not null && _shapes.TryGetValue(from, out ShapeEntry? old))
        {
            old.Remove(index);
            if (old.Count == 0)
            {
                _freshShapes.Add(old);
            }
        }

        if (to is null)
        {
            return;
        }

        if (!_shapes.TryGetValue(to, out ShapeEntry? entry))
        {
            _shapes[to] = entry = new ShapeEntry(to);
            _freshShapes.Add(entry);
        }

        entry.Add(index);
        if (entry.Class is { } same)
        {
            _seats[index] = _seats[index].In(same.Id);
        }
    }

    // Shapes that nobody has any more go, with what only they used; those that are new come, with their profiles.
    private void SettleShapes()
    {
        foreach (ShapeEntry shape in _freshShapes)
        {
            if (shape.Count == 0)
            {
                Leave(shape);
                _shapes.Remove(shape.Shape);
                if (shape.IsFiled)
                {
                    _shapeIndex.Remove(shape);
                    foreach (string profile in shape.Shape.Profiles)
                    {
                        ReleaseProfile(profile, shape);
                    }
                }
            }
            else if (!shape.IsFiled)
            {
                foreach (string profile in shape.Shape.Profiles)
                {
                    ref ProfileEntry? used = ref CollectionsMarshal.GetValueRefOrAddDefault(_profiles, profile, out _);
                    used ??= new ProfileEntry(CompileProfile(profile));
                    used.Shapes.Add(shape);
                }
            }
        }

        _freshShapes.RemoveWhere(shape => shape.Count == 0 || shape.IsFiled);
    }

    private void ReleaseProfile(string profile, ShapeEntry shape)
    {
        // A profile may be listed twice.
        if (_profiles.TryGetValue(profile, out ProfileEntry? used) && used.Shapes.Remove(shape) && used.Shapes.Count == 0)
        {
            Release(used.Steps.Needs);
            _profiles.Remove(profile);
            _needyProfiles.Remove(profile);
        }
    }

    // Selectors that are new meet the endpoints that were there, and endpoints that are new meet all selectors.
    private void Match()
    {
        foreach (SelectorEntry unused in _unused)
        {
            if (unused.IsFiled)
            {
                _index.Remove(unused.Compiled);
            }
        }

        foreach (SelectorEntry fresh in _fresh)
        {
            if (fresh.IsFiled || _unused.Contains(fresh))
            {
                continue;
            }

            fresh.IsFiled = true;
            _index.Add(fresh.Compiled);
            Requirement requirement = Requirement.Of(fresh.Compiled.Selector);
            foreach (ShapeEntry shape in _shapeIndex.Candidates(requirement))
            {
                if (fresh.Compiled.Selector.Selects(shape.Shape))
                {
                    Changed(shape).Add(fresh.Compiled.Id);
                }
            }
        }

        foreach (SelectorEntry unused in _unused)
        {
            if (_sets.Count > unused.Compiled.Id)
            {
                foreach (int one in _sets[unused.Compiled.Id].Enumerate())
                {
                    foreach (ShapeEntry shape in _classById[one]?.Shapes.Items() ?? [])
                    {
                        Changed(shape);
                    }
                }
            }
        }
    }

    private List<int> Changed(ShapeEntry shape)
    {
        ref List<int>? added = ref CollectionsMarshal.GetValueRefOrAddDefault(_added, shape, out _);
        return added ??= [];
    }

    private void Classify()
    {
        HashSet<int> gone = [.. _unused.Select(u => u.Compiled.Id)];
        foreach (ShapeEntry shape in _freshShapes)
        {
            _shapeIndex.Add(shape);
            _buffer.Clear();
            _index.Match(shape.Shape, _buffer);
            Enter(shape, [.. _buffer]);
        }

        foreach ((ShapeEntry shape, List<int> added) in _added)
        {
            SortedSet<int> matched = [.. shape.Class!.Matched];
            matched.ExceptWith(gone);
            matched.UnionWith(added);
            int[] now = [.. matched];
            if (!now.AsSpan().SequenceEqual(shape.Class.Matched) || gone.Overlaps(now))
            {
                Leave(shape);
                Enter(shape, now);
            }
        }

        _freshShapes.Clear();
        _added.Clear();
        foreach (SelectorEntry unused in _unused)
        {
            _selectors.Remove(unused.Compiled.Selector);
            _selectorById[unused.Compiled.Id] = null;
            _freeSelectors.Push(unused.Compiled.Id);
        }

        _unused.Clear();
        _fresh.Clear();
    }

    private void Enter(ShapeEntry shape, int[] matched)
    {
        LabelShape labels = shape.Shape;
        ClassKey key = new(matched, labels.Kind, labels.Profiles, PortsIdOf(labels));
        if (!_classes.TryGetValue(key, out ClassEntry? entry))
        {
            int id = _freeClasses.Count > 0 ? _freeClasses.Pop() : _classById.Count;
            entry = new ClassEntry(key, id, labels);
            _classes[key] = entry;
            if (id == _classById.Count)
            {
                _classById.Add(entry);
                _classList.Add(null);
            }
            else
            {
                _classById[id] = entry;
            }

            foreach (int selector in matched)
            {
                (ChangedSet(selector).Added ??= []).Add(id);
            }

            _dirty.Add(entry);
        }

        entry.Shapes.Add(shape);
        shape.Class = entry;
        foreach (int member in shape.Members)
        {
            _seats[member] = _seats[member].In(entry.Id);
        }
    }

    private void Leave(ShapeEntry shape)
    {
        if (shape.Class is not { } entry)
        {
            return;
        }

        shape.Class = null;
        entry.Shapes.Remove(shape);
        if (entry.Shapes.Count > 0)
        {
            return;
        }

        _classes.Remove(entry.Key);
        _classById[entry.Id] = null;
        _classList[entry.Id] = null;
        _freeClasses.Push(entry.Id);
        _dirty.Remove(entry);
        foreach (int selector in entry.Matched)
        {
            SelectorEntry change = ChangedSet(selector);
            if (change.Added?.Remove(entry.Id) != true)
            {
                (change.Removed ??= []).Add(entry.Id);
            }
        }

        Release(entry.Programs);
    }

    private SelectorEntry ChangedSet(int selector)
    {
        SelectorEntry entry = _selectorById[selector]!;
        if (entry is { Added: null, Removed: null })
        {
            _setChanges.Add(entry);
        }

        return entry;
    }

    private void UpdateSets()
    {
        while (_sets.Count < _selectorById.Count)
        {
            _sets.Add(ClassSet.Empty);
        }

        foreach (SelectorEntry changed in _setChanges)
        {
            // Numbers of classes are taken again, so a class can leave and another with its number come.
            _sets[changed.Compiled.Id] = _sets[changed.Compiled.Id].With(changed.Added, changed.Removed);
            _changedSets.Add(changed.Compiled.Id);
            changed.Added = changed.Removed = null;
        }

        _setChanges.Clear();
    }

    private void UpdatePrograms(ClassEntry entry)
    {
        ProgramEntry? before = entry.Programs;
        if (entry.Key.Kind is not null)
        {
            List<CompiledPolicy> policies = [];
            foreach (int selector in entry.Matched)
            {
                policies.AddRange(_selectorById[selector]!.Subjects.Items());
            }

            policies.Sort(static (left, right) => left.Number.CompareTo(right.Number));
            ProfileSteps[] profiles = [.. entry.Key.Profiles.Select(name => _profiles[name].Steps)];
            ProgramKey key = new([.. policies], profiles);
            if (!_programs.TryGetValue(key, out ProgramEntry? programs) || programs.IsStale)
            {
                _programs[key] = programs = new ProgramEntry(key, new ProgramSet(key.Policies, key.Profiles, _tiers, staged, _pool));
            }

            programs.Uses++;
            entry.Programs = programs;
        }

        Release(before);
        _classList[entry.Id] = new EndpointClass(entry.Id, entry.Matched, entry.Shape, entry.Key.PortsId, entry.Programs?.Set);
    }

    private void Release(ProgramEntry? programs)
    {
        if (programs is not null && --programs.Uses == 0 && _programs.TryGetValue(programs.Key, out ProgramEntry? known) && ReferenceEquals(known, programs))
        {
            _programs.Remove(programs.Key);
        }
    }

    private int PortsIdOf(LabelShape shape)
    {
        if (shape.Ports.IsEmpty)
        {
            return 0;
        }

        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_portsIds, (shape.IsPod, shape.Ports), out bool exists);
        if (!exists)
        {
            id = ++_portsNumbers;
        }

        return id;
    }

    private CompiledSelector Use(EndpointSelector selector)
    {
        ref SelectorEntry? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_selectors, selector, out bool exists);
        if (!exists)
        {
            int id = _freeSelectors.Count > 0 ? _freeSelectors.Pop() : _selectorById.Count;
            entry = new SelectorEntry(new CompiledSelector(id, selector));
            if (id == _selectorById.Count)
            {
                _selectorById.Add(entry);
            }
            else
            {
                _selectorById[id] = entry;
            }

            _fresh.Add(entry);
        }

        entry!.Uses++;
        _unused.Remove(entry);
        return entry.Compiled;
    }

    private void Release(CompiledSelector selector)
    {
        SelectorEntry entry = _selectorById[selector.Id]!;
        if (--entry.Uses == 0)
        {
            _unused.Add(entry);
        }
    }

    private void Release(RuleNeeds needs)
    {
        foreach (CompiledSelector selector in needs.Selectors)
        {
            Release(selector);
        }
    }

    private ProfileSteps CompileProfile(string name)
    {
        Profile? profile = _cluster.FindProfile(name);
        RuleNeeds needs = new();
        ProfileSteps steps = new(
            new ProfileStep(name, profile, [.. (profile?.Ingress ?? []).Select(rule => Compile(rule, needs))]),
            new ProfileStep(name, profile, [.. (profile?.Egress ?? []).Select(rule => Compile(rule, needs))]),
            needs);
        _needyProfiles.Remove(name);
        if (needs.IsAny)
        {
            _needyProfiles.Add(name);
        }

        return steps;
    }

    private CompiledRule Compile(Rule rule, RuleNeeds needs)
    {
        CompiledMatch[] alternatives = new CompiledMatch[rule.Alternatives.Count];
        for (int i = 0; i < alternatives.Length; i++)
        {
            RuleMatch match = rule.Alternatives[i];
            alternatives[i] = new CompiledMatch(match, Compile(match.Source, isDestination: false, needs), Compile(match.Destination, isDestination: true, needs));
        }

        return new CompiledRule(rule, alternatives);
    }

    private CompiledEnd Compile(EndMatch end, bool isDestination, RuleNeeds needs)
    {
        IpPrefix[]? nets = end.Nets?.AsSpan().ToArray();
        if (nets is null && end.Nodes is { } nodes)
        {
            needs.Nodes = true;
            nets = Prefixes(_cluster.Nodes.Where(n => nodes.Matches(n.Labels)).SelectMany(n => n.PublishedAddresses));
        }
        else if (nets is null && end.DomainNames is { } names)
        {
            needs.DomainNames = true;
            nets = Prefixes(_cluster.DomainNames.Where(n => names.Any(d => DomainPattern.Matches(d, n.Key))).SelectMany(n => n.Value));
        }

        SliceBackend[]? backends = null;
        if (end.Service is { } service)
        {
            needs.Add(service);
            backends = _cluster.SliceBackends.TryGetValue(service, out EquatableArray<SliceBackend> found) ? found.AsSpan().ToArray() : [];
        }

        return new CompiledEnd
        {
            Nets = nets,
            NotNets = end.NotNets?.AsSpan().ToArray(),
            Selected = Take(end.Selector, needs),
            NotSelected = Take(end.NotSelector, needs),
            Service = backends,
            Ports = end.Ports,
            NotPorts = end.NotPorts,
            IsDestination = isDestination,
        };
    }

    private CompiledSelector? Take(EndpointSelector? selector, RuleNeeds needs)
    {
        if (selector is null)
        {
            return null;
        }

        CompiledSelector compiled = Use(selector);
        needs.Add(compiled);
        return compiled;
    }

    private static IpPrefix[] Prefixes(IEnumerable<IpAddress> addresses) => [.. addresses.Distinct().Order().Select(IpPrefix.Single)];

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
