using System.Runtime.CompilerServices;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>HTTP requests on a TCP port. Only an ingress rule of Calico that allows can ask for them.</summary>
/// <remarks>
/// Methods and paths must both hold; among methods, and among paths, one is enough. What decides by packets alone cannot see requests:
/// rendering such a rule is refused unless the caller chose a visible downgrade.
/// </remarks>
public sealed class HttpTraffic
{
    private HttpTraffic(PortRangeTerm port, EquatableArray<(string Method, SourceLine Line)> methods, EquatableArray<(string Path, bool IsPrefix, SourceLine Line)> paths)
    {
        Port = port;
        Methods = methods;
        Paths = paths;
    }

    internal HttpTraffic(PortRangeTerm port)
        : this(port, [], [])
    {
    }

    internal PortRangeTerm Port { get; }

    internal EquatableArray<(string Method, SourceLine Line)> Methods { get; }

    internal EquatableArray<(string Path, bool IsPrefix, SourceLine Line)> Paths { get; }

    /// <summary>Also requests of this method, such as <c>GET</c>; <c>*</c> is every method.</summary>
    public HttpTraffic Method(string method, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new HttpTraffic(Port, Methods.Add((method, new SourceLine(file, line))), Paths);
    }

    /// <summary>Also paths below this one; the prefix ends at a path segment.</summary>
    public HttpTraffic Under(string prefix, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new HttpTraffic(Port, Methods, Paths.Add((prefix, true, new SourceLine(file, line))));
    }

    /// <summary>Also exactly this path.</summary>
    public HttpTraffic At(string path, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new HttpTraffic(Port, Methods, Paths.Add((path, false, new SourceLine(file, line))));
    }
}
