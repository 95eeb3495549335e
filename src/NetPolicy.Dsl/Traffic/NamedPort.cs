using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>A port with its number and its name in the container.</summary>
public sealed class NamedPort : Ports
{
    internal NamedPort(PortRangeTerm term, string name, SourceLine line, EquatableArray<Diagnostic> faults)
        : base([term with { Name = name }], faults)
    {
        Name = name;
        Number = term.First;
        Protocol = term.Protocol;
        Line = line;
    }

    internal Protocol Protocol { get; }

    internal SourceLine Line { get; }

    /// <summary>The name of the container port.</summary>
    public string Name { get; }

    /// <summary>The number of the container port.</summary>
    public ushort Number { get; }

    /// <summary>The same port, matched by its name: each pod decides the number.</summary>
    public Ports ByName => new([new PortNameTerm(Protocol, Name, Number, Line)], Faults);
}
