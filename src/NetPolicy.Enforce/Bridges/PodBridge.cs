using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Observation;

namespace NetPolicy.Enforce.Bridges;

/// <summary>
/// A bridge with workloads as its ports, such as <c>cni0</c>. Rules see packets of all its ports come in by the bridge, so that workloads behind it are known by
/// their addresses, and a table of family <c>bridge</c> sees to it that each port sends with its own addresses only.
/// </summary>
/// <param name="Name">The bridge's interface.</param>
/// <param name="Ports">Its ports as far as they are known.</param>
public sealed record PodBridge(string Name, EquatableArray<BridgePort> Ports)
{
    /// <summary>
    /// Bridges of this machine, or of a namespace that <c>ip netns</c> named, with all their ports. Who is behind a port is what the kernel tells of the other end of
    /// its pair; ports of another kind, and pairs whose other end the kernel does not show, have nobody behind them.
    /// </summary>
    /// <param name="names">The bridges. One that does not exist has no ports.</param>
    /// <param name="networkNamespace">The namespace; null for this machine.</param>
    /// <exception cref="Lab.LabException">The namespace does not exist, or the kernel refused to list interfaces.</exception>
    public static EquatableArray<PodBridge> Read(IEnumerable<string> names, string? networkNamespace = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (networkNamespace is null)
        {
            return [.. BridgeReader.Read(names)];
        }

        using NetworkNamespace place = NetworkNamespace.Open(networkNamespace);
        return [.. place.Run(() => BridgeReader.Read(names))];
    }

    /// <summary>
    /// Reads ports as text: a line for each, with the bridge, the port, the link-layer address and the addresses behind it, blanks between them. Empty lines and
    /// what follows a <c>#</c> say nothing.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What it is called in errors.</param>
    /// <exception cref="FormatException">A line is something else; the message begins with file and line.</exception>
    public static EquatableArray<PodBridge> Parse(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        SortedDictionary<string, List<BridgePort>> bridges = new(StringComparer.Ordinal);
        string[] lines = text.Split('\n');
        HashSet<string> ports = new(StringComparer.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            FormatException Wrong(string what) => new(string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}: {what}"));
            if (words.Length < 4)
            {
                throw Wrong($"found {words.Length} words, expected a bridge, a port, a link-layer address and the addresses behind it");
            }

            if (!InterfaceNames.IsSafe(words[0]) || !InterfaceNames.IsSafe(words[1]))
            {
                throw Wrong($"found `{words[0]} {words[1]}`, expected names of interfaces");
            }

            if (!MacAddress.TryParse(words[2], out MacAddress mac) || !mac.IsUnicast)
            {
                throw Wrong($"found `{words[2]}`, expected a link-layer address of one interface such as `02:00:00:00:00:01`");
            }

            if (!ports.Add(words[1]))
            {
                throw Wrong($"found port `{words[1]}` a second time, expected all its addresses in one line");
            }

            List<IpAddress> addresses = [];
            foreach (string word in words.AsSpan(3))
            {
                addresses.Add(IpAddress.TryParse(word, out IpAddress address) ? address : throw Wrong($"found `{word}`, expected an address"));
            }

            (bridges.TryGetValue(words[0], out List<BridgePort>? known) ? known : bridges[words[0]] = []).Add(new BridgePort(words[1], mac, [.. addresses]));
        }

        return [.. bridges.Select(b => new PodBridge(b.Key, [.. b.Value]))];
    }

    /// <summary>Bridges of both, in ordinal order of their names; of a port that both have, what <paramref name="said"/> says.</summary>
    public static EquatableArray<PodBridge> Merge(EquatableArray<PodBridge> seen, EquatableArray<PodBridge> said)
    {
        HashSet<string> ports = [.. said.AsEnumerable().SelectMany(b => b.Ports).Select(p => p.Name)];
        return
        [
            .. said.AsEnumerable().Concat(seen.AsEnumerable().Select(b => b with { Ports = [.. b.Ports.AsEnumerable().Where(p => !ports.Contains(p.Name))] }))
                .GroupBy(b => b.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new PodBridge(g.Key, [.. g.SelectMany(b => b.Ports).OrderBy(p => p.Name, StringComparer.Ordinal)])),
        ];
    }
}
