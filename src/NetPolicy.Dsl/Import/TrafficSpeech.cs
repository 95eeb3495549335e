using System.Globalization;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Ports and protocols of documents in words.</summary>
internal static class TrafficSpeech
{
    /// <summary>One entry of a Kubernetes rule's ports. Null if there is no word for it.</summary>
    public static Spoken<Traffic>? Of(NetworkPolicyPort port) => ProtocolOf(port.Protocol ?? "TCP") is not { } protocol
        ? null
        : (port.Port, port.EndPort) switch
        {
            (null, null) => All(protocol),
            ({ IsNumber: true } first, null) => Range(protocol, first.Number, first.Number),
            ({ IsNumber: true } first, { } last) => Range(protocol, first.Number, last),
            ({ Text: { Length: > 0 } name }, null) => Named(protocol, name),
            _ => null,
        };

    /// <summary>One TCP, UDP or SCTP port, or a range.</summary>
    public static Spoken<Traffic>? Range(Protocol protocol, int first, int last)
    {
        if (first is < 0 or > ushort.MaxValue || last is < 0 or > ushort.MaxValue)
        {
            return null;
        }

        string text = Invariant($"{Word(protocol)}({first})");
        return new Spoken<Traffic>(
            first == last ? text : Invariant($"{text}.Through({last})"),
            new Port(new PortRangeTerm(protocol, (ushort)first, (ushort)last, default)));
    }

    /// <summary>A port by its name.</summary>
    public static Spoken<Traffic> Named(Protocol protocol, string name) =>
        new($"{Word(protocol)}({CSharpText.Literal(name)})", new Dsl.Ports([new PortNameTerm(protocol, name, null, default)]));

    /// <summary>Every port of a protocol.</summary>
    public static Spoken<Traffic> All(Protocol protocol) => new($"All{Word(protocol)}", new AllPortsOf(protocol));

    /// <summary>What a Calico rule says of its traffic; empty if it says nothing. Null if there are no words for it.</summary>
    public static EquatableArray<Spoken<Traffic>>? Of(CalicoRule rule)
    {
        EntityRule source = rule.Source ?? new EntityRule(), destination = rule.Destination ?? new EntityRule();
        if (rule is not { IpVersion: null, NotProtocol: null, Http: null, Annotations: null } || source.NotPorts is not null)
        {
            return null;
        }

        if (rule.Protocol is not { } protocol)
        {
            return rule is { Icmp: null, NotIcmp: null } && source.Ports is null && destination is { Ports: null, NotPorts: null } ? [] : null;
        }

        if (source.Ports is null && destination is { Ports: null, NotPorts: null })
        {
            return Bare(protocol, rule) is { } bare ? [bare] : null;
        }

        return rule is { Icmp: null, NotIcmp: null } && ProtocolOf(protocol.Text ?? "") is { } known ? WithPorts(known, source.Ports, destination) : null;
    }

    /// <summary>What a Calico rule says of HTTP requests. Null if there are no words for it.</summary>
    public static Spoken<HttpTraffic>? Http(CalicoRule rule)
    {
        if (rule is not
            {
                Http: { } http, Protocol: { Text: "TCP" }, IpVersion: null, NotProtocol: null, Icmp: null, NotIcmp: null, Annotations: null, Source: null or { Ports: null, NotPorts: null },
                Destination: { NotPorts: null, Ports: [{ IsNumber: true, Number: >= 0 and <= ushort.MaxValue } port] },
            })
        {
            return null;
        }

        HttpTraffic traffic = new(new PortRangeTerm(Protocol.Tcp, (ushort)port.Number, (ushort)port.Number, default));
        string text = Invariant($"Http({port.Number})");
        foreach (string method in http.Methods ?? [])
        {
            traffic = traffic.Method(method, "", 0);
            text += $".Method({CSharpText.Literal(method)})";
        }

        foreach (HttpPath path in http.Paths ?? [])
        {
            switch (path)
            {
                case { Exact: { } exact, Prefix: null }:
                    traffic = traffic.At(exact, "", 0);
                    text += $".At({CSharpText.Literal(exact)})";
                    break;
                case { Exact: null, Prefix: { } prefix }:
                    traffic = traffic.Under(prefix, "", 0);
                    text += $".Under({CSharpText.Literal(prefix)})";
                    break;
                default:
                    return null;
            }
        }

        return new Spoken<HttpTraffic>(text, traffic);
    }

    /// <summary>TCP, UDP or SCTP by its name in documents.</summary>
    public static Protocol? ProtocolOf(string text) => text switch
    {
        "TCP" => Protocol.Tcp,
        "UDP" => Protocol.Udp,
        "SCTP" => Protocol.Sctp,
        _ => null,
    };

    private static Spoken<Traffic>? Bare(IntOrString protocol, CalicoRule rule) => protocol switch
    {
        { Text: "ICMP" } => IcmpOf(nameof(Icmp), Protocol.Icmp, rule),
        { Text: "ICMPv6" } => IcmpOf(nameof(IcmpV6), Protocol.IcmpV6, rule),
        _ when rule.Icmp is not null || rule.NotIcmp is not null => null,
        { IsNumber: true, Number: >= 0 and <= byte.MaxValue } => new Spoken<Traffic>(
            Invariant($"IpProtocol({protocol.Number})"), new Traffic([new ProtocolTerm((byte)protocol.Number, default)])),
        _ => ProtocolOf(protocol.Text ?? "") is { } known ? All(known) : null,
    };

    private static Spoken<Traffic>? IcmpOf(string word, Protocol protocol, CalicoRule rule)
    {
        string? text = (rule.Icmp, rule.NotIcmp) switch
        {
            (null, null) => $"{word}.Any",
            ({ Type: 8, Code: null }, null) when protocol == Protocol.Icmp => $"{word}.EchoRequest",
            ({ Type: 0, Code: null }, null) when protocol == Protocol.Icmp => $"{word}.EchoReply",
            ({ Type: 128, Code: null }, null) when protocol == Protocol.IcmpV6 => $"{word}.EchoRequest",
            ({ Type: 129, Code: null }, null) when protocol == Protocol.IcmpV6 => $"{word}.EchoReply",
            ({ Type: { } type, Code: null }, null) => Invariant($"{word}.Type({type})"),
            ({ Type: { } type, Code: { } code }, null) => Invariant($"{word}.Type({type}, {code})"),
            (null, { Type: { } type, Code: null }) => Invariant($"{word}.AnyExcept({type})"),
            _ => null,
        };
        IcmpMatch? match = rule.Icmp ?? rule.NotIcmp;
        return text is null || match?.Type is < 0 or > byte.MaxValue || match?.Code is < 0 or > byte.MaxValue
            ? null
            : new Spoken<Traffic>(text, new Traffic([new IcmpTerm(protocol, (byte?)match?.Type, (byte?)match?.Code, rule.NotIcmp is not null)]));
    }

    private static EquatableArray<Spoken<Traffic>>? WithPorts(Protocol protocol, EquatableArray<IntOrString>? source, EntityRule destination)
    {
        if (source is null)
        {
            return (destination.Ports, destination.NotPorts) switch
            {
                ({ } ports, null) => Ports(protocol, ports),
                (null, { } except) => Except(protocol, except) is { } all ? [all] : null,
                _ => null,
            };
        }

        return source is [{ } from] && destination is { Ports: [{ } to], NotPorts: null } && Bounds(from) is { } first && Bounds(to) is { } target
            && Range(protocol, target.First, target.Last) is { } port
            ? [new Spoken<Traffic>(
                Invariant($"{port.Text}.FromSourcePorts({first.First}, {first.Last})"),
                new Traffic([new SourcePortsTerm((PortRangeTerm)port.Value.Terms[0], first.First, first.Last, default)]))]
            : null;
    }

    private static EquatableArray<Spoken<Traffic>>? Ports(Protocol protocol, EquatableArray<IntOrString> ports)
    {
        List<Spoken<Traffic>> spoken = [];
        foreach (IntOrString port in ports)
        {
            if (PortOf(protocol, port) is not { } one)
            {
                return null;
            }

            spoken.Add(one);
        }

        return spoken.Count == 0 ? null : [.. spoken];
    }

    private static Spoken<Traffic>? Except(Protocol protocol, EquatableArray<IntOrString> ports) =>
        Ports(protocol, ports) is { } spoken
            ? new Spoken<Traffic>(
                $"All{Word(protocol)}.Except({CSharpText.Flat(CSharpText.Union([.. spoken.Select(p => p.Text)]))})",
                new AllPortsOf(protocol).Except(new Dsl.Ports([.. spoken.SelectMany(p => p.Value.Terms)])))
            : null;

    private static Spoken<Traffic>? PortOf(Protocol protocol, IntOrString port) =>
        Bounds(port) is { } bounds ? Range(protocol, bounds.First, bounds.Last)
        : port.IsNumber || port.Text!.Length == 0 || port.Text.Contains(':', StringComparison.Ordinal) || port.Text.All(char.IsAsciiDigit) ? null
        : Named(protocol, port.Text);

    private static (ushort First, ushort Last)? Bounds(IntOrString port)
    {
        if (port.IsNumber)
        {
            return port.Number is >= 0 and <= ushort.MaxValue ? ((ushort)port.Number, (ushort)port.Number) : null;
        }

        string[] ends = port.Text!.Split(':');
        return ends.Length == 2 && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            ? (first, last)
            : null;
    }

    private static string Word(Protocol protocol) =>
        protocol == Protocol.Tcp ? "Tcp" : protocol == Protocol.Udp ? "Udp" : protocol == Protocol.Sctp ? "Sctp" : throw new InvalidOperationException($"{protocol} has no ports");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
