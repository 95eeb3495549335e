using System.Globalization;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Nft;

/// <summary>Names of a table's parts as the kernel knows them: with the generation, but for shared and base chains.</summary>
internal sealed class NftNames
{
    private readonly HashSet<string> _plain;
    private readonly string _suffix;

    public NftNames(RuleTable table, int generation, int previous)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(previous, 0);
        Generation = (uint)generation;
        Previous = (uint)previous;
        _plain = [.. table.Chains.AsEnumerable().Where(c => c.IsShared || c.Hook is not null).Select(c => c.Name)];
        _suffix = string.Create(CultureInfo.InvariantCulture, $"_{generation}");
    }

    /// <summary>The generation written.</summary>
    public uint Generation { get; }

    /// <summary>The one before it; 0 for none.</summary>
    public uint Previous { get; }

    public string Of(string name) => _plain.Contains(name) ? name : name + _suffix;
}
