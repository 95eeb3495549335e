using System.Diagnostics.CodeAnalysis;
using NetPolicy.Collections;

namespace NetPolicy.Inventory;

/// <summary>The shapes in use. Costs one hash of the labels per look-up, and nothing for shapes that nobody has any more.</summary>
internal sealed class ShapeTable
{
    private const int MostPorts = 4096;

    private readonly HashSet<LabelShape> _shapes = new(new ByKey());
    private readonly HashSet<LabelShape>.AlternateLookup<ShapeKey> _lookup;
    private readonly List<LabelShape> _made = [];
    private readonly Dictionary<EquatableArray<NamedPort>, EquatableArray<NamedPort>> _ports = [];

    public ShapeTable() => _lookup = _shapes.GetAlternateLookup<ShapeKey>();

    /// <summary>Number of shapes.</summary>
    public int Count => _shapes.Count;

    public bool TryFind(in ShapeKey key, [NotNullWhen(true)] out LabelShape? shape) => _lookup.TryGetValue(key, out shape);

    /// <summary>Takes a shape in, in place of the one for the same key if there is one.</summary>
    public void Put(LabelShape shape)
    {
        _shapes.Remove(shape);
        _shapes.Add(shape);
        _made.Add(shape);
    }

    /// <summary>The same ports, in the array that others have already; for those met first.</summary>
    public EquatableArray<NamedPort> Shared(EquatableArray<NamedPort> ports)
    {
        if (ports.IsEmpty)
        {
            return default;
        }

        if (_ports.TryGetValue(ports, out EquatableArray<NamedPort> known))
        {
            return known;
        }

        if (_ports.Count < MostPorts)
        {
            _ports[ports] = ports;
        }

        return ports;
    }

    public static void Take(LabelShape shape) => shape.References++;

    public void Release(LabelShape shape)
    {
        if (--shape.References == 0)
        {
            Drop(shape);
        }
    }

    /// <summary>Forgets shapes that were made since the last call and that nobody took.</summary>
    public void Settle()
    {
        foreach (LabelShape shape in _made)
        {
            if (shape.References == 0)
            {
                Drop(shape);
            }
        }

        _made.Clear();
        if (_made.Capacity > 1024)
        {
            _made.Capacity = 0;
        }
    }

    // Another of the same key may have taken its place.
    private void Drop(LabelShape shape)
    {
        if (_shapes.TryGetValue(shape, out LabelShape? current) && ReferenceEquals(current, shape))
        {
            _shapes.Remove(shape);
        }
    }

    private sealed class ByKey : IEqualityComparer<LabelShape>, IAlternateEqualityComparer<ShapeKey, LabelShape>
    {
        public bool Equals(LabelShape? x, LabelShape? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Key.Equals(y.Key));

        public int GetHashCode(LabelShape obj) => obj.Hash;

        public bool Equals(ShapeKey alternate, LabelShape other) => alternate.Hash == other.Hash && other.Key.Equals(alternate);

        public int GetHashCode(ShapeKey alternate) => alternate.Hash;

        public LabelShape Create(ShapeKey alternate) => throw new NotSupportedException("shapes are made with what they inherit");
    }
}
