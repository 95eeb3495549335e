namespace NetPolicy.Dsl;

/// <summary>A HostEndpoint that does not say its node yet: say <c>.OnNode(name)</c>.</summary>
public sealed class HostEndpointWithoutNode
{
    private readonly string _name;
    private readonly SourceLine _line;

    internal HostEndpointWithoutNode(string name, SourceLine line)
    {
        _name = name;
        _line = line;
    }

    /// <summary>The node whose interface it is.</summary>
    public HostEndpointWithoutInterface OnNode(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new(_name, node, _line);
    }
}
