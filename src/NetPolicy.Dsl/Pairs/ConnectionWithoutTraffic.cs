using System.ComponentModel;

namespace NetPolicy.Dsl;

/// <summary>A connection that does not say its traffic yet: say <c>.On(ports)</c> or <c>.OnAllTraffic()</c>.</summary>
public sealed class ConnectionWithoutTraffic
{
    private readonly Workload _from;
    private readonly Workload _to;
    private readonly SourceLine _line;

    internal ConnectionWithoutTraffic(Workload from, Workload to, SourceLine line)
    {
        _from = from;
        _to = to;
        _line = line;
    }

    /// <summary>The connection is on these ports of the target.</summary>
    public Connection On(Ports ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return new(_from, _to, ports, _line);
    }

    /// <summary>The connection is on all traffic.</summary>
    public Connection OnAllTraffic() => new(_from, _to, null, _line);

    /// <summary>Refused: policy never sees a Service's port.</summary>
    [Obsolete(Signposts.ServicePort, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    public Connection On(ServicePort port) => throw new NotSupportedException(Signposts.ServicePort);
}
