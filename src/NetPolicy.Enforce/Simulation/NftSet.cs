using System.Text;

namespace NetPolicy.Enforce.Simulation;

/// <summary>A set or map of a parsed ruleset.</summary>
public sealed class NftSet
{
    private readonly NftSetIndex index;
    private readonly NftElement? catchAll;

    internal NftSet(
        string name, IReadOnlyList<NftType> keyTypes, IReadOnlyList<NftType> dataTypes, NftSetFlags flags, IReadOnlyList<NftElement> elements)
    {
        Name = name;
        KeyTypes = keyTypes;
        DataTypes = dataTypes;
        Flags = flags;
        Elements = elements;
        catchAll = elements.FirstOrDefault(element => element.IsCatchAll);
        index = NftSetIndex.Build(name, keyTypes, [.. elements.Where(element => !element.IsCatchAll)]);
    }

    /// <summary>The name, or <c>{}</c> for a literal in a rule.</summary>
    public string Name { get; }

    /// <summary>Elements as written, the catch-all included, merged ones counted once.</summary>
    public int Count => Elements.Count;

    /// <summary>Whether the elements carry data or verdicts.</summary>
    public bool IsMap => DataTypes.Count > 0;

    internal IReadOnlyList<NftType> KeyTypes { get; }

    /// <summary>Empty for a set; <see cref="NftType.Verdict"/> alone for a verdict map.</summary>
    internal IReadOnlyList<NftType> DataTypes { get; }

    internal NftSetFlags Flags { get; }

    internal IReadOnlyList<NftElement> Elements { get; }

    internal bool IsVerdictMap => DataTypes.Count == 1 && DataTypes[0] == NftType.Verdict;

    /// <summary>The element for a key, else the catch-all, else null (the kernel's BREAK).</summary>
    internal NftElement? Find(ReadOnlySpan<UInt128> key, TimeSpan now) =>
        index.Find(key, now) ?? (catchAll is { } all && all.IsLive(now) ? all : null);

    /// <summary>The declaration in canonical text: elements sorted, touching ranges of plain sets joined.</summary>
    internal string Describe()
    {
        StringBuilder text = new();
        text.Append(IsMap ? "map " : "set ").Append(Name).Append(" { type ").AppendJoin(" . ", KeyTypes.Select(type => type.Name));
        if (IsMap)
        {
            text.Append(" : ").AppendJoin(" . ", DataTypes.Select(type => type.Name));
        }

        text.Append("; flags ").Append(Flags).Append("; }\n");
        foreach (string element in DescribeElements())
        {
            text.Append("  ").Append(element).Append('\n');
        }

        return text.ToString();
    }

    internal IEnumerable<string> DescribeElements()
    {
        List<NftElement> sorted = [.. Elements];
        sorted.Sort(CompareKeys);
        bool joins = KeyTypes.Count == 1 && !IsMap && sorted.TrueForAll(element => element.Comment is null && element.Timeout is null);
        return (joins ? Join(sorted) : sorted).Select(element => element.Describe(KeyTypes, DataTypes));
    }

    private static int CompareKeys(NftElement left, NftElement right)
    {
        int result = right.Key.Length.CompareTo(left.Key.Length);
        for (int field = 0; result == 0 && field < left.Key.Length; field++)
        {
            result = left.Key[field].Low.CompareTo(right.Key[field].Low);
            result = result != 0 ? result : left.Key[field].High.CompareTo(right.Key[field].High);
        }

        return result;
    }

    private static List<NftElement> Join(List<NftElement> sorted)
    {
        List<NftElement> joined = [];
        foreach (NftElement element in sorted)
        {
            if (joined.Count > 0 && !element.IsCatchAll && joined[^1].Key[0] is var last && last.High + 1 == element.Key[0].Low && last.High != UInt128.MaxValue)
            {
                joined[^1] = new NftElement { Key = [new NftRange(last.Low, element.Key[0].High)] };
            }
            else
            {
                joined.Add(element);
            }
        }

        return joined;
    }
}
