using NetPolicy.Collections;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <summary>Traffic by protocol: ports 1 to 65535 of TCP, UDP and SCTP, and ICMP, which stands for ICMPv6 in IPv6. Compared by content.</summary>
/// <param name="Tcp">TCP destination ports.</param>
/// <param name="Udp">UDP destination ports.</param>
/// <param name="Sctp">SCTP destination ports.</param>
/// <param name="Icmp"><c>*</c> for all of ICMP, empty for none, else types and codes such as <c>0,8,3/4</c>.</param>
public sealed record AllowedTraffic(PortSet Tcp, PortSet Udp, PortSet Sctp, string Icmp)
{
    /// <summary>Nothing.</summary>
    public static AllowedTraffic None { get; } = new(default, default, default, "");

    /// <summary>True if nothing passes.</summary>
    public bool IsEmpty => Tcp.IsEmpty && Udp.IsEmpty && Sctp.IsEmpty && Icmp.Length == 0;

    /// <summary>Protocol names with their ports as text, such as <c>TCP: 80,8000-8100</c>; protocols of which nothing passes are absent.</summary>
    public EquatableMap<string> ByProtocol
    {
        get
        {
            List<KeyValuePair<string, string>> entries = [];
            foreach ((string name, string text) in (ReadOnlySpan<(string, string)>)
                [("TCP", Tcp.ToString()), ("UDP", Udp.ToString()), ("SCTP", Sctp.ToString()), ("ICMP", Icmp)])
            {
                if (text.Length > 0)
                {
                    entries.Add(new(name, text));
                }
            }

            return new EquatableMap<string>(entries);
        }
    }

    /// <summary>Ports of a protocol; empty for protocols without ports.</summary>
    public PortSet PortsOf(Protocol protocol) =>
        protocol == Protocol.Tcp ? Tcp : protocol == Protocol.Udp ? Udp : protocol == Protocol.Sctp ? Sctp : default;

    /// <summary>Only <paramref name="protocol"/> (all if null) and only <paramref name="port"/> (all if null).</summary>
    public AllowedTraffic Only(Protocol? protocol, ushort? port)
    {
        PortSet Cut(PortSet ports, Protocol own) =>
            protocol is { } wanted && wanted != own ? default
            : port is not { } number ? ports
            : ports.Contains(number) ? PortSet.Of([PortRange.Single(number)]) : default;
        bool icmp = port is null && (protocol is null || protocol.Value.IsIcmp);
        return new AllowedTraffic(Cut(Tcp, Protocol.Tcp), Cut(Udp, Protocol.Udp), Cut(Sctp, Protocol.Sctp), icmp ? Icmp : "");
    }

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "nothing" : string.Join("; ", ByProtocol.Select(e => $"{e.Key} {e.Value}"));
}
