using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>A HostEndpoint that says neither interface nor address yet.</summary>
public sealed class HostEndpointWithoutInterface
{
    private readonly string _name;
    private readonly string _node;
    private readonly SourceLine _line;

    internal HostEndpointWithoutInterface(string name, string node, SourceLine line)
    {
        _name = name;
        _node = node;
        _line = line;
    }

    /// <summary>The interface of that name.</summary>
    public HostEndpoint Interface(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(_name, _node, name, [], _line);
    }

    /// <summary>Every interface of the node that has no HostEndpoint of its own.</summary>
    public HostEndpoint AllInterfaces() => new(_name, _node, "*", [], _line);

    /// <summary>The interface that holds one of these addresses.</summary>
    public HostEndpoint ExpectedIps(string address, params ReadOnlySpan<string> more) =>
        new(_name, _node, null, HostEndpoint.List(address, more), _line);
}
