using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Finds places in the nodes a document was read from. Only asked when something is reported, so nothing is indexed.</summary>
internal sealed class NodeSourceMap(string? file, int document, MappingNode root) : SourceMap
{
    public override string? File => file;

    public override int Document => document;

    public override SourceSpan Find(string path)
    {
        SourceSpan found = root.Span;
        ManifestNode current = root;
        foreach ((string? name, int index) in NodePath.Parse(path))
        {
            if (name is not null && current is MappingNode mapping && mapping.Find(name) is { } entry)
            {
                // The value, where it stands beside its key; the key, where the value is a block below it.
                found = entry.Value is ScalarNode && entry.Value.Span.Line > 0 && !entry.Value.IsNull ? entry.Value.Span : entry.KeySpan;
                current = entry.Value;
            }
            else if (name is null && current is SequenceNode sequence && index < sequence.Items.Count)
            {
                current = sequence.Items[index];
                found = current.Span;
            }
            else
            {
                break;
            }
        }

        return found;
    }
}
