using System.Globalization;
using System.Runtime.CompilerServices;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>A port, or a range of ports, of one protocol.</summary>
public sealed class Port : Ports
{
    private readonly PortRangeTerm _term;

    internal Port(PortRangeTerm term)
        : base([term]) =>
        _term = term;

    internal Protocol Protocol => _term.Protocol;

    /// <summary>The port, or the first of the range.</summary>
    public ushort Number => _term.First;

    /// <summary>The ports from this one to <paramref name="last"/>, both included. Swapped ends are reported.</summary>
    public Port Through(ushort last, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(_term with { Last = last, At = new SourceLine(file, line) });

    /// <summary>The port together with its name in the container; it matches by number unless <see cref="NamedPort.ByName"/> is asked for.</summary>
    public NamedPort Named(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        SourceLine at = new(file, line);
        EquatableArray<Diagnostic> faults = _term.First == _term.Last
            ? []
            : [new Diagnostic(
                DslDiagnostics.NamedRange,
                string.Create(CultureInfo.InvariantCulture, $"`{name}` names the ports {_term.First} to {_term.Last}, expected a single port"),
                at.ToSpan())];
        return new NamedPort(_term, name, at, faults);
    }

    /// <summary>The port, for connections that come from source ports <paramref name="first"/> to <paramref name="last"/>, both included. Calico only.</summary>
    public Traffic FromSourcePorts(ushort first, ushort last, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new([new SourcePortsTerm(_term, first, last, new SourceLine(file, line))]);
}
