namespace NetPolicy.Dsl;

/// <summary>A network set without labels: nothing could select it, so say <c>.Labelled(labels)</c>.</summary>
public sealed class NetworkSetWithoutLabels
{
    private readonly NamespaceRef? _home;
    private readonly string _name;
    private readonly SourceLine _line;

    internal NetworkSetWithoutLabels(NamespaceRef? home, string name, SourceLine line)
    {
        _home = home;
        _name = name;
        _line = line;
    }

    /// <summary>The labels by which rules select it.</summary>
    public NetworkSet Labelled(LabelPairs labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new NetworkSet(_home, _name, labels, [], _line);
    }
}
