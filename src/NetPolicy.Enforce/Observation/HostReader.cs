using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Enforce.Lab;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Observation;

/// <summary>Reads <see cref="HostFacts"/> in the calling thread's network namespace.</summary>
internal static class HostReader
{
    private const ushort GetLink = 18;
    private const ushort GetAddress = 22;
    private const ushort GetRoute = 26;
    private const byte MainTable = 254;
    private const byte UnicastRoute = 1;
    private const int LinkHeader = 16;
    private const int AddressHeader = 8;
    private const int RouteHeader = 12;
    private const uint FlagUp = 1;

    /// <summary>Reads everything; what cannot be read is listed, but for interfaces and routes, without which nothing can be said.</summary>
    /// <exception cref="LabException">The kernel refused to list interfaces, addresses or routes.</exception>
    public static HostFacts Read()
    {
        using RouteSocket socket = new();
        List<HostInterface> interfaces = Interfaces(socket);
        Dictionary<int, string> names = interfaces.ToDictionary(i => i.Index, i => i.Name);
        List<string> unread = [];
        return new HostFacts([.. interfaces], [.. Routes(socket, names)], [.. Listeners(unread)], [.. unread]);
    }

    /// <summary>The interfaces alone.</summary>
    /// <exception cref="LabException">The kernel refused to list them.</exception>
    public static IReadOnlyList<HostInterface> ReadInterfaces()
    {
        using RouteSocket socket = new();
        return Interfaces(socket);
    }

    private static List<HostInterface> Interfaces(RouteSocket socket)
    {
        Dictionary<int, List<IpAddress>> addresses = [];
        foreach (RouteMessage message in socket.Dump(GetAddress, new byte[AddressHeader]))
        {
            Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(AddressHeader);
            if ((attributes.GetValueOrDefault(2) is { Length: > 0 } own ? own : attributes.GetValueOrDefault(1)) is { Length: > 0 } bytes)
            {
                int index = BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span[4..]);
                (addresses.TryGetValue(index, out List<IpAddress>? list) ? list : addresses[index] = []).Add(AddressOf(bytes.Span));
            }
        }

        List<(int Index, string Name, int Master, Func<string?, HostInterface> Make)> links = [];
        foreach (RouteMessage message in socket.Dump(GetLink, new byte[LinkHeader]))
        {
            int index = BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span[4..]);
            bool isUp = (BinaryPrimitives.ReadUInt32LittleEndian(message.Body.Span[8..]) & FlagUp) != 0;
            Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(LinkHeader);
            string name = Text(attributes.GetValueOrDefault(3));
            int master = attributes.GetValueOrDefault(10) is { Length: 4 } number ? BinaryPrimitives.ReadInt32LittleEndian(number.Span) : 0;
            string kind = attributes.GetValueOrDefault(18) is { Length: > 0 } info ? Text(RouteMessage.Nested(info).GetValueOrDefault(1)) : "";
            bool hasXdp = attributes.GetValueOrDefault(43) is { Length: > 0 } xdp && RouteMessage.Nested(xdp).GetValueOrDefault(2) is { Length: 1 } attached && attached.Span[0] != 0;
            links.Add((index, name, master, owner => new HostInterface(index, name, kind, isUp, owner, hasXdp, [.. addresses.GetValueOrDefault(index) ?? []])));
        }

        Dictionary<int, string> names = links.ToDictionary(l => l.Index, l => l.Name);
        return [.. links.Select(l => l.Make(l.Master == 0 ? null : names.GetValueOrDefault(l.Master)))];
    }

    private static IEnumerable<HostRoute> Routes(RouteSocket socket, Dictionary<int, string> names)
    {
        foreach (RouteMessage message in socket.Dump(GetRoute, new byte[RouteHeader]))
        {
            byte[] header = message.Body[..RouteHeader].ToArray();
            Dictionary<int, ReadOnlyMemory<byte>> attributes = message.Attributes(RouteHeader);
            uint table = attributes.GetValueOrDefault(15) is { Length: 4 } number ? BinaryPrimitives.ReadUInt32LittleEndian(number.Span) : header[4];
            IpFamily family = header[0] switch { LibC.FamilyInet => IpFamily.IPv4, LibC.FamilyInet6 => IpFamily.IPv6, _ => IpFamily.None };
            if (table != MainTable || family == IpFamily.None)
            {
                continue;
            }

            IpAddress address = attributes.GetValueOrDefault(1) is { Length: > 0 } bytes ? AddressOf(bytes.Span) : IpAddress.From(family, 0);
            uint metric = attributes.GetValueOrDefault(6) is { Length: 4 } priority ? BinaryPrimitives.ReadUInt32LittleEndian(priority.Span) : 0;
            int index = attributes.GetValueOrDefault(4) is { Length: 4 } output ? BinaryPrimitives.ReadInt32LittleEndian(output.Span)
                : attributes.GetValueOrDefault(9) is { Length: >= 8 } hops ? BinaryPrimitives.ReadInt32LittleEndian(hops.Span[4..])
                : 0;
            yield return new HostRoute(new IpPrefix(address, header[1]), header[7] == UnicastRoute ? names.GetValueOrDefault(index) : null, metric);
        }
    }

    private static IEnumerable<ListeningPort> Listeners(List<string> unread)
    {
        List<(IpAddress Address, ushort Port, string Inode)> sockets = [];
        foreach ((string file, IpFamily family) in ((string, IpFamily)[])[("/proc/thread-self/net/tcp", IpFamily.IPv4), ("/proc/thread-self/net/tcp6", IpFamily.IPv6)])
        {
            try
            {
                foreach (string line in File.ReadLines(file).Skip(1))
                {
                    string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (words.Length > 9 && words[3] == "0A")
                    {
                        int colon = words[1].IndexOf(':', StringComparison.Ordinal);
                        sockets.Add((
                            SocketAddress(words[1][..colon], family),
                            ushort.Parse(words[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                            words[9]));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                unread.Add($"listening ports cannot be read from {file}: {exception.Message}");
            }
        }

        Dictionary<string, string> owners = sockets.Count == 0 ? [] : SocketOwners();
        return sockets.Select(s => new ListeningPort(Protocol.Tcp, s.Address, s.Port, owners.GetValueOrDefault(s.Inode)))
            .Distinct().OrderBy(l => l.Port).ThenBy(l => l.Address);
    }

    // Processes come and go, and other users' may not be looked at: what cannot be seen has no name.
    private static Dictionary<string, string> SocketOwners()
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(d[^1]) && char.IsAsciiDigit(d[6])))
        {
            try
            {
                string? name = null;
                foreach (string descriptor in Directory.EnumerateFiles(process + "/fd"))
                {
                    if (new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal))
                    {
                        owners.TryAdd(target[8..^1], name ??= File.ReadAllText(process + "/comm").TrimEnd());
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
            }
        }

        return owners;
    }

    private static IpAddress SocketAddress(string hex, IpFamily family)
    {
        // Words of four bytes, each printed as a number of this machine.
        byte[] bytes = Convert.FromHexString(hex);
        for (int at = 0; at < bytes.Length; at += 4)
        {
            bytes.AsSpan(at, 4).Reverse();
        }

        IpAddress address = AddressOf(bytes);
        return family == IpFamily.IPv6 && address.Value >> 32 == 0xffff ? IpAddress.FromIPv4((uint)address.Value) : address;
    }

    private static IpAddress AddressOf(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
        : IpAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span).TrimEnd('\0');
}
