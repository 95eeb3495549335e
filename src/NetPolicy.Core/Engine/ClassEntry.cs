using System.Runtime.InteropServices;
using NetPolicy.Collections;
using NetPolicy.Inventory;

namespace NetPolicy.Engine;

/// <summary>A class and the shapes that are of it.</summary>
internal sealed class ClassEntry(ClassKey key, int id, LabelShape shape)
{
    public ClassKey Key => key;

    public int Id => id;

    public int[] Matched => key.Matched;

    /// <summary>That of the first member; a later one may have come in its place.</summary>
    public LabelShape Shape => shape;

    /// <summary>Shapes that are of it.</summary>
    public SmallSet<ShapeEntry> Shapes;

    public ProgramEntry? Programs { get; set; }
}

/// <summary>A program set while it is in use.</summary>
internal sealed class ProgramEntry(ProgramKey key, ProgramSet set)
{
    public ProgramKey Key => key;

    public ProgramSet Set => set;

    public int Uses { get; set; }

    /// <summary>True if its tiers changed: whoever asks again gets another.</summary>
    public bool IsStale { get; set; }
}

/// <summary>All that classes are told apart by.</summary>
internal readonly record struct ClassKey(int[] Matched, EndpointKind? Kind, EquatableArray<string> Profiles, int PortsId)
{
    public bool Equals(ClassKey other) =>
        Kind == other.Kind && PortsId == other.PortsId && Matched.AsSpan().SequenceEqual(other.Matched) && Profiles == other.Profiles;

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes(Matched.AsSpan()));
        hash.Add(PortsId);
        hash.Add(Profiles.Count > 0 ? Profiles[0] : null, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}

/// <summary>All that programs are made of.</summary>
internal readonly record struct ProgramKey(CompiledPolicy[] Policies, ProfileSteps[] Profiles)
{
    public bool Equals(ProgramKey other) => Same(Policies, other.Policies) && Same(Profiles, other.Profiles);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (CompiledPolicy policy in Policies)
        {
            hash.Add(policy.Number);
        }

        hash.Add(Profiles.Length > 0 ? System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Profiles[0]) : 0);
        return hash.ToHashCode();
    }

    private static bool Same<T>(T[] left, T[] right)
        where T : class
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (!ReferenceEquals(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
