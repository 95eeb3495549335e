using System.CommandLine;
using System.Globalization;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Input;

/// <summary>The options that describe one flow, shared by <c>eval</c> and <c>explain</c>.</summary>
internal sealed class FlowOptions
{
    private readonly Option<string?> _from = new("--from") { Description = "Source: namespace/pod, an address, or host:NODE." };
    private readonly Option<string?> _to = new("--to") { Description = "Destination: as --from, or svc:namespace/name." };
    private readonly Option<string?> _port = new("--port") { Description = "Destination port, optionally with protocol: 80, 53/udp." };
    private readonly Option<string?> _protocol = new("--protocol") { Description = "Protocol name or number (default TCP)." };
    private readonly Option<int?> _sourcePort = new("--source-port") { Description = "Source port." };
    private readonly Option<int?> _icmpType = new("--icmp-type") { Description = "ICMP type." };
    private readonly Option<int?> _icmpCode = new("--icmp-code") { Description = "ICMP code." };
    private readonly Option<string?> _family = new("--ip-family") { Description = "IPv4 or IPv6." };
    private readonly Option<string?> _outInterface = new("--out-interface") { Description = "Interface by which it leaves the source's node." };
    private readonly Option<string?> _inInterface = new("--in-interface") { Description = "Interface by which it enters the destination's node." };
    private readonly Option<string?> _method = new("--http-method") { Description = "HTTP method." };
    private readonly Option<string?> _path = new("--http-path") { Description = "HTTP path." };

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [_from, _to, _port, _protocol, _sourcePort, _icmpType, _icmpCode, _family, _outInterface, _inInterface, _method, _path])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The flow that the options describe.</summary>
    /// <exception cref="UnusableException">An end is missing, or the port is no port.</exception>
    public FlowRequest Read(ParseResult parsed)
    {
        string from = parsed.GetValue(_from) ?? throw new UnusableException("--from is missing");
        string to = parsed.GetValue(_to) ?? throw new UnusableException("--to is missing");
        (int? port, string? protocol) = ReadPort(parsed.GetValue(_port), parsed.GetValue(_protocol));
        return new FlowRequest
        {
            From = from,
            To = to,
            Port = port,
            Protocol = protocol,
            SourcePort = parsed.GetValue(_sourcePort),
            IcmpType = parsed.GetValue(_icmpType),
            IcmpCode = parsed.GetValue(_icmpCode),
            IpFamily = parsed.GetValue(_family),
            OutInterface = parsed.GetValue(_outInterface),
            InInterface = parsed.GetValue(_inInterface),
            HttpMethod = parsed.GetValue(_method),
            HttpPath = parsed.GetValue(_path),
        };
    }

    internal static (int? Port, string? Protocol) ReadPort(string? text, string? protocol)
    {
        if (text is null)
        {
            return (null, protocol);
        }

        string[] parts = text.Split('/');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
        {
            throw new UnusableException($"--port `{text}` is not a port, expected a number from 0 to 65535 such as 80, or with its protocol such as 53/udp");
        }

        if (parts.Length == 2 && protocol is not null && !protocol.Equals(parts[1], StringComparison.OrdinalIgnoreCase))
        {
            throw new UnusableException($"--port `{text}` and --protocol `{protocol}` name different protocols");
        }

        return (port, parts.Length == 2 ? parts[1] : protocol);
    }

    /// <summary>Resolves a request in a snapshot.</summary>
    /// <exception cref="UnusableException">It names something that does not exist.</exception>
    public static Flow Resolve(Snapshot snapshot, FlowRequest request) =>
        snapshot.TryResolve(request, out Flow flow, out string? error) ? flow : throw new UnusableException(error);
}
