using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Atoms that all rules of the node see alike.</summary>
/// <param name="Number">The number in the packet filter.</param>
/// <param name="Facts">The facts about one of them.</param>
/// <param name="IsOwnNode">True for addresses of the node itself.</param>
/// <param name="Views">By condition: the number of the view they have.</param>
internal sealed record Identity(uint Number, PeerFacts Facts, bool IsOwnNode, int[] Views)
{
    /// <summary>The facts about one of them.</summary>
    public PeerFacts Facts { get; set; } = Facts;

    public IpFamily Family => Facts.Address.Family;
}

/// <summary>The identities of all addresses. Families never share one, so that a table's cell speaks of one family.</summary>
internal sealed class IdentitySpace
{
    /// <summary>What the register holds when a packet met an endpoint without having been looked up.</summary>
    public const uint Met = 1;

    private readonly Identity[] _byAtom;
    private readonly Dictionary<string, IdentityMap> _maps = new(StringComparer.Ordinal);

    public IdentitySpace(PeerUniverse universe, IReadOnlyList<EndConditions> conditions, MemberClasses members, CompilationMemory memory)
    {
        Universe = universe;
        Conditions = conditions;
        List<Identity> identities = [];
        Dictionary<(IpFamily, bool, EquatableArray<int>), Identity> byViews = [];
        Dictionary<(IpFamily, bool, int, IpAddress, EquatableArray<int>), Identity> byKind = [];
        Dictionary<(int Class, int Stretch, IpFamily Family), Identity> byClass = [];
        _byAtom = new Identity[universe.Atoms.Length];
        for (int a = 0; a < _byAtom.Length; a++)
        {
            // Atoms of one kind have all views in common, which saves looking at most of them.
            Atom atom = universe.Atoms[a];
            IpFamily family = atom.Facts.Address.Family;
            // Most addresses have one owner, and nothing else about them counts.
            int owner = atom is { IsSingle: true, IsNamed: false, IsOwnNode: false } && atom.Facts.Members.Length == 1
                ? members.ClassNumber(atom.Facts.Members[0])
                : -1;
            var plain = (owner, atom.Stretch, family);
            if (owner >= 0 && byClass.TryGetValue(plain, out Identity? same))
            {
                _byAtom[a] = same;
                continue;
            }

            var kind = (family, atom.IsOwnNode, atom.Stretch, atom.IsNamed ? atom.Facts.Address : default, members.Of(atom.Facts));
            if (byKind.TryGetValue(kind, out Identity? identity))
            {
                _byAtom[a] = identity;
                if (owner >= 0)
                {
                    byClass[plain] = identity;
                }

                continue;
            }

            int[] views = new int[conditions.Count];
            for (int c = 0; c < views.Length; c++)
            {
                views[c] = conditions[c].ViewOf(atom.Facts);
            }

            (IpFamily Family, bool IsOwnNode, EquatableArray<int>) key = (family, atom.IsOwnNode, [.. views]);
            if (!byViews.TryGetValue(key, out identity))
            {
                byViews[key] = identity = new Identity(Number(family, atom.IsOwnNode, conditions, views, memory), atom.Facts, atom.IsOwnNode, views);
                identities.Add(identity);
            }

            byKind[kind] = _byAtom[a] = identity;
            if (owner >= 0)
            {
                byClass[plain] = identity;
            }
        }

        All = identities;
    }

    // What an identity does not match plays no part in what it is: conditions that come and go elsewhere leave it as it is.
    private static uint Number(IpFamily family, bool isOwnNode, IReadOnlyList<EndConditions> conditions, int[] views, CompilationMemory memory)
    {
        return (uint)memory.Identities.Of(Meaning(family, isOwnNode, conditions, c => views[c], memory));
    }

    private static (int Kind, EquatableArray<long> Views) Meaning(
        IpFamily family, bool isOwnNode, IReadOnlyList<EndConditions> conditions, Func<int, int> viewOf, CompilationMemory memory)
    {
        List<long> seen = [];
        for (int c = 0; c < conditions.Count; c++)
        {
            if (!conditions[c].IsAnyAddress)
            {
                EndView view = conditions[c][viewOf(c)];
                if (view.Matches)
                {
                    seen.Add(memory.NumberOf(conditions[c], view));
                }
            }
        }

        seen.Sort();
        return (((int)family * 2) + (isOwnNode ? 1 : 0), [.. seen]);
    }

    /// <summary>The number of the identity that an address with these facts has, which is none of the node's own; 0 if the last compilation knew no such.</summary>
    public static uint Find(PeerFacts facts, IReadOnlyList<EndConditions> conditions, CompilationMemory memory) =>
        (uint)memory.Identities.Find(Meaning(facts.Address.Family, false, conditions, c => conditions[c].ViewOf(facts), memory));

    /// <summary>The identity of an atom, by its index in the universe.</summary>
    public Identity this[int atom] => _byAtom[atom];

    public PeerUniverse Universe { get; }

    /// <summary>The conditions, in the order of views.</summary>
    public IReadOnlyList<EndConditions> Conditions { get; }

    /// <summary>Single addresses have come or gone: the identities there are stay, with examples that there still are.</summary>
    /// <param name="snapshot">The world of now.</param>
    /// <param name="touched">Addresses that may differ.</param>
    /// <param name="another">Another address of an identity; null if there is none.</param>
    /// <returns>False if an identity is nobody's now: then all is made anew.</returns>
    public bool TryFollow(Snapshot snapshot, IReadOnlyCollection<IpAddress> touched, Func<uint, IpAddress, IpAddress?> another)
    {
        foreach (Identity identity in All)
        {
            IpAddress example = identity.Facts.Address;
            if (touched.Contains(example))
            {
                if (another(identity.Number, example) is not { } found)
                {
                    return false;
                }

                identity.Facts = new PeerFacts(found, snapshot.Members.Of(found));
            }
        }

        Universe.Follow(snapshot);
        return true;
    }

    /// <summary>The map of single addresses as it is now.</summary>
    public void Follow(IdentityMap exact) => _maps[exact.Name] = exact;

    /// <summary>True if other conditions are the same, in whatever order.</summary>
    public bool IsOf(IReadOnlyList<EndConditions> conditions) => conditions.Count == Conditions.Count && conditions.ToHashSet().SetEquals(Conditions);

    public IReadOnlyList<Identity> All { get; }

    /// <summary>Single addresses for the exact map.</summary>
    public IdentityMap Exact(string name, IpFamily family) => Once(name, () => MakeExact(name, family));

    private IdentityMap Once(string name, Func<IdentityMap> make)
    {
        if (!_maps.TryGetValue(name, out IdentityMap? map))
        {
            _maps[name] = map = make();
        }

        return map;
    }

    private IdentityMap MakeExact(string name, IpFamily family)
    {
        List<(IpRange, uint)> elements = [];
        for (int a = 0; a < _byAtom.Length; a++)
        {
            Atom atom = Universe.Atoms[a];
            if (atom.IsSingle && atom.Range.First.Family == family)
            {
                elements.Add((atom.Range, _byAtom[a].Number));
            }
        }

        return new IdentityMap(name, family, [.. elements], IsInterval: false);
    }

    /// <summary>
    /// All other addresses, a stretch at a time: what the exact map has is covered with its stretch, so that ranges stay few and do not depend on it. A stretch
    /// of which the exact map has every address goes with the one before it.
    /// </summary>
    public IdentityMap Ranges(string name, IpFamily family) => Once(name, () => MakeRanges(name, family));

    private IdentityMap MakeRanges(string name, IpFamily family)
    {
        List<(IpRange Range, uint Identity)> elements = [];
        IpAddress? start = null;
        for (int a = 0; a < _byAtom.Length;)
        {
            Atom[] atoms = Universe.Atoms;
            int stretch = atoms[a].Stretch;
            IpAddress first = atoms[a].Range.First, last = first;
            uint number = 0;
            for (; a < atoms.Length && atoms[a].Stretch == stretch && atoms[a].Range.First.Family == first.Family; a++)
            {
                last = atoms[a].Range.Last;
                if (!atoms[a].IsSingle)
                {
                    number = _byAtom[a].Number;
                }
            }

            if (first.Family != family)
            {
                continue;
            }

            if (number == 0 && elements.Count == 0)
            {
                start ??= first;
            }
            else if (elements.Count > 0 && (number == 0 || elements[^1].Identity == number))
            {
                elements[^1] = (new IpRange(elements[^1].Range.First, last), elements[^1].Identity);
            }
            else
            {
                elements.Add((new IpRange(start ?? first, last), number));
                start = null;
            }
        }

        return new IdentityMap(name, family, [.. elements], IsInterval: true);
    }
}
