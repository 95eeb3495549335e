using System.Runtime.InteropServices;
using NetPolicy.Collections;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <content>Endpoints: of which shape and class they are, which selectors select them, and what is asked for them.</content>
internal sealed partial class Compilation
{
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
}
