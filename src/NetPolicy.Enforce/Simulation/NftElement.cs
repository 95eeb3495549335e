using System.Globalization;

namespace NetPolicy.Enforce.Simulation;

/// <summary>One element of a set or map: its key ranges (none for the catch-all) and its data.</summary>
internal sealed class NftElement
{
    /// <summary>One range per key field; empty for <c>*</c>.</summary>
    internal required NftRange[] Key { get; init; }

    /// <summary>The mapped value, one number per data field; null in sets and verdict maps.</summary>
    internal UInt128[]? Data { get; init; }

    /// <summary>The mapped verdict; null elsewhere.</summary>
    internal NftDecision? Decision { get; init; }

    internal string? Comment { get; init; }

    /// <summary>The element's own timeout, without what the set says.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>How long the element lives from the moment the ruleset was loaded; null: forever.</summary>
    internal TimeSpan? Lifetime { get; init; }

    internal int Line { get; init; }

    internal int Column { get; init; }

    internal bool IsCatchAll => Key.Length == 0;

    internal bool IsExact
    {
        get
        {
            foreach (NftRange range in Key)
            {
                if (!range.IsSingle)
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal bool IsLive(TimeSpan now) => Lifetime is not { } lifetime || now < lifetime;

    internal bool HasSameKey(NftElement other) => Key.AsSpan().SequenceEqual(other.Key);

    internal bool HasSameData(NftElement other) =>
        Decision?.ToString() == other.Decision?.ToString()
        && (Data is null ? other.Data is null : other.Data is not null && Data.AsSpan().SequenceEqual(other.Data));

    internal string Describe(IReadOnlyList<NftType> keyTypes, IReadOnlyList<NftType> dataTypes)
    {
        string key = IsCatchAll ? "*" : string.Join(" . ", Key.Select((range, field) => range.Format(keyTypes[field])));
        string extras = (Timeout is { } timeout ? string.Create(CultureInfo.InvariantCulture, $" timeout {timeout.TotalMilliseconds}ms") : "")
            + (Comment is null ? "" : $" comment \"{Comment}\"");
        string data = Decision is not null ? $" : {Decision}"
            : Data is null ? ""
            : " : " + string.Join(" . ", Data.Select((value, field) => dataTypes[field].Format(value)));
        return key + extras + data;
    }
}
