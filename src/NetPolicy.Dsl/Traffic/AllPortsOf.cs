using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Every port of one protocol.</summary>
public sealed class AllPortsOf : Ports
{
    private readonly Protocol _protocol;

    internal AllPortsOf(Protocol protocol)
        : base([new AllPortsTerm(protocol)]) =>
        _protocol = protocol;

    /// <summary>Every port but these. Calico only; ports of another protocol, and all ports, are reported.</summary>
    public Traffic Except(Ports ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        List<Diagnostic> faults = [.. ports.Faults];
        foreach (TrafficTerm term in ports.Terms)
        {
            if (((IPortTerm)term).Protocol != _protocol)
            {
                faults.Add(new Diagnostic(
                    DslDiagnostics.ExceptionOfAnotherKind,
                    $"`{((IPortTerm)term).Protocol}` ports are excepted from all ports of `{_protocol}`, expected ports of `{_protocol}`",
                    term.Line.ToSpan()));
            }
            else if (term is AllPortsTerm)
            {
                faults.Add(new Diagnostic(
                    DslDiagnostics.ExceptionOfAnotherKind, $"all ports of `{_protocol}` are excepted from themselves, expected some to remain", default));
            }
        }

        return new Traffic([new AllPortsExceptTerm(_protocol, ports.Terms)], [.. faults]);
    }
}
