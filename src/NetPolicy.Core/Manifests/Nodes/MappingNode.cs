using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Fields in written order; keys may repeat only where a diagnostic says so.</summary>
internal sealed class MappingNode(SourceSpan span, List<MappingEntry> entries) : ManifestNode(span)
{
    public IReadOnlyList<MappingEntry> Entries => entries;

    public override string Description => "an object";

    /// <summary>The value of <paramref name="key"/>, or null. O(fields).</summary>
    public ManifestNode? this[string key] => Find(key)?.Value;

    /// <summary>The field <paramref name="key"/>, the last one if it is written twice.</summary>
    public MappingEntry? Find(string key)
    {
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Key == key)
            {
                return entries[i];
            }
        }

        return null;
    }

    /// <summary>Lets go of the fields that nobody reads, so that large inventories do not stay in memory.</summary>
    public void Discard(NodeFilter filter)
    {
        if (entries.RemoveAll(entry => filter.Skips(entry.Key)) > 0)
        {
            entries.TrimExcess();
        }
    }
}

/// <summary>One field of a mapping.</summary>
internal sealed record MappingEntry(string Key, SourceSpan KeySpan, ManifestNode Value);
