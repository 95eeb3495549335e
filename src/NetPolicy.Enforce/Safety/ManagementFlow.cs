using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Observation;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Safety;

/// <summary>A connection by which the machine is managed, and which a ruleset must not cut.</summary>
public sealed record ManagementFlow
{
    /// <summary>Port of an API server where none is said.</summary>
    public const ushort DefaultApiServerPort = 6443;

    /// <summary>Kubelet's port.</summary>
    public const ushort KubeletPort = 10250;

    /// <summary>What it is, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Who opens it.</summary>
    public ManagementDirection Direction { get; init; }

    /// <summary>Transport protocol; one with ports.</summary>
    public Protocol Protocol { get; init; } = Protocol.Tcp;

    /// <summary>The port at the end that does not open the connection.</summary>
    public required ushort Port { get; init; }

    /// <summary>This machine's address; null for any of its addresses.</summary>
    public IpAddress? Local { get; init; }

    /// <summary>The other end; empty for all addresses of both families.</summary>
    public EquatableArray<IpRange> Peers { get; init; }

    /// <summary>True if every one of <see cref="Peers"/> must get through; else one is enough.</summary>
    public bool NeedsEveryPeer { get; init; }

    /// <summary>The opening end's port; null for any.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>True if the connection is open now, so that it must survive as it is and not only be possible anew.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The session that <c>sshd</c> describes in <c>SSH_CONNECTION</c>: client address and port, server address and port. Null if the text is not that.</summary>
    public static ManagementFlow? OfSshConnection(string? text)
    {
        string[] words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 4
            && TryParseAddress(words[0], out IpAddress client) && TryParsePort(words[1], out ushort clientPort)
            && TryParseAddress(words[2], out IpAddress server) && TryParsePort(words[3], out ushort serverPort)
            ? new ManagementFlow
            {
                Name = $"the SSH session from {client} to {Join(server, serverPort)}",
                Port = serverPort,
                Local = server,
                Peers = [new IpRange(client, client)],
                NeedsEveryPeer = true,
                SourcePort = clientPort,
                IsOpen = true,
            }
            : null;
    }

    /// <summary>
    /// One entry of a list of connections to keep: <c>22/tcp</c> from everybody to this machine, <c>22/tcp@10.0.0.0/8</c> from everybody in a block, or
    /// <c>10.0.0.1:6443/tcp</c> (<c>[2001:db8::1]:6443/tcp</c>) from this machine to an address. Without protocol it is TCP. Null if the text is neither.
    /// </summary>
    public static ManagementFlow? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] sides = text.Split('@');
        string[] parts = sides[0].Split('/');
        Protocol protocol = Protocol.Tcp;
        if (sides.Length > 2 || parts.Length > 2 || (parts.Length == 2 && !Protocol.TryParse(parts[1].ToUpperInvariant(), out protocol)) || !protocol.HasPorts)
        {
            return null;
        }

        if (TryParsePort(parts[0], out ushort port))
        {
            IpPrefix block = default;
            if (sides.Length == 2 && !IpPrefix.TryParse(sides[1], out block))
            {
                if (!IpAddress.TryParse(sides[1], out IpAddress single))
                {
                    return null;
                }

                block = IpPrefix.Single(single);
            }

            return new ManagementFlow
            {
                Name = $"{port}/{Word(protocol)} from {(sides.Length == 2 ? sides[1] : "everybody")}",
                Protocol = protocol,
                Port = port,
                Peers = sides.Length == 2 ? [IpRange.Of(block)] : [],
                NeedsEveryPeer = true,
            };
        }

        int colon = parts[0].LastIndexOf(':');
        return sides.Length == 1 && colon > 0 && TryParseAddress(parts[0][..colon].Trim('[', ']'), out IpAddress peer) && TryParsePort(parts[0][(colon + 1)..], out port)
            ? To($"{Join(peer, port)}/{Word(protocol)}", peer, port) with { Protocol = protocol }
            : null;
    }

    /// <summary>From this machine to the API server; <paramref name="text"/> is an address, or address and port. Null if it is neither.</summary>
    public static ManagementFlow? OfApiServer(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParseAddress(text.Trim('[', ']'), out IpAddress alone))
        {
            return To($"the API server at {Join(alone, DefaultApiServerPort)}", alone, DefaultApiServerPort);
        }

        int colon = text.LastIndexOf(':');
        return colon > 0 && TryParseAddress(text[..colon].Trim('[', ']'), out IpAddress address) && TryParsePort(text[(colon + 1)..], out ushort port)
            ? To($"the API server at {Join(address, port)}", address, port)
            : null;
    }

    /// <summary>
    /// Ways into the machine that its listening processes show: SSH and kubelet, each from at least somebody. A port 22 or 10250 whose process may not be seen
    /// counts.
    /// </summary>
    public static IReadOnlyList<ManagementFlow> Listening(HostFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        List<ManagementFlow> flows = [];
        foreach ((string what, string process, ushort usual) in ((string, string, ushort)[])[("SSH", "sshd", 22), ("kubelet", "kubelet", KubeletPort)])
        {
            foreach (ushort port in facts.Listeners.AsEnumerable()
                .Where(l => !IsLoopback(l.Address) && (l.Port == usual || (l.Process == process && what == "SSH")))
                .Select(l => l.Port).Distinct().Order())
            {
                flows.Add(new ManagementFlow { Name = $"{what} on port {port} from anybody at all", Port = port });
            }
        }

        return flows;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static string Join(IpAddress address, ushort port) =>
        (address.Family == IpFamily.IPv6 ? $"[{address}]:" : $"{address}:") + port.ToString(CultureInfo.InvariantCulture);

    private static ManagementFlow To(string name, IpAddress peer, ushort port) => new()
    {
        Name = name,
        Direction = ManagementDirection.Outbound,
        Port = port,
        Peers = [new IpRange(peer, peer)],
        NeedsEveryPeer = true,
    };

    private static bool IsLoopback(IpAddress address) =>
        address.Family == IpFamily.IPv4 ? address.Value >> 24 == 127 : address.Value == 1;

    // Link-local addresses come with their interface.
    private static bool TryParseAddress(string text, out IpAddress address) => IpAddress.TryParse(text.Split('%')[0], out address);

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;

    private static string Word(Protocol protocol) => protocol.ToString().ToLowerInvariant();
}
