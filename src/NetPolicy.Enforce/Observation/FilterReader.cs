using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>Reads <see cref="FilterFacts"/> in the calling thread's network namespace. Single use.</summary>
internal sealed class FilterReader
{
    private const ushort GetFilter = 46;
    private const int FilterHeader = 20;
    private const uint IngressParent = 0xffff_fff2;
    private const uint EgressParent = 0xffff_fff3;

    private readonly List<string> _unread = [];

    public FilterFacts Read(string ownTable)
    {
        (List<ForeignChain> chains, List<string> flowtables) = Chains(ownTable);
        List<string> legacy = [.. Legacy("ip", "/proc/thread-self/net/ip_tables_names"), .. Legacy("ip6", "/proc/thread-self/net/ip6_tables_names")];
        return new FilterFacts(
            [.. chains],
            [.. flowtables],
            [.. Programs()],
            [.. Ipvs()],
            [.. legacy],
            [.. LegacyChains(legacy)],
            [.. Bridges()],
            [.. _unread])
        {
            HasBridgeFilter = Directory.Exists("/proc/sys/net/bridge"),
        };
    }

    private (List<ForeignChain> Chains, List<string> Flowtables) Chains(string ownTable)
    {
        try
        {
            NamespaceProcessResult result = ChildProcess.Run("nft", ["-t", "list", "ruleset"], "");
            if (result.ExitCode == 0)
            {
                return ForeignTables.Parse(result.Output, ownTable);
            }

            _unread.Add($"tables of others: `{result.Command}` ended with {result.ExitCode}: {result.Error.Trim().Split('\n')[0]}");
        }
        catch (LabException exception)
        {
            _unread.Add($"tables of others: {exception.Message}");
        }

        return ([], []);
    }

    private List<PacketProgram> Programs()
    {
        List<PacketProgram> programs = [];
        List<HostInterface> interfaces = [.. HostReader.ReadInterfaces()];
        foreach (HostInterface own in interfaces)
        {
            if (own.HasXdp)
            {
                programs.Add(new PacketProgram(own.Name, "xdp"));
            }

            foreach ((uint parent, string place) in ((uint, string)[])[(IngressParent, "tc ingress"), (EgressParent, "tc egress")])
            {
                if (HasFilterProgram(own, parent))
                {
                    programs.Add(new PacketProgram(own.Name, place));
                }
            }

            foreach ((uint type, string place) in BpfQuery.Places.Where(p => p.Place != "netkit" || own.Kind == "netkit"))
            {
                if (BpfQuery.IsAttached(own.Index, type) is not { } attached)
                {
                    _unread.Add($"programs at {place} of interface {own.Name}: the kernel does not tell");
                }
                else if (attached)
                {
                    programs.Add(new PacketProgram(own.Name, place));
                }
            }
        }

        return programs;
    }

    private bool HasFilterProgram(HostInterface own, uint parent)
    {
        byte[] header = new byte[FilterHeader];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), own.Index);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), parent);
        try
        {
            using RouteSocket socket = new();
            return socket.Dump(GetFilter, header)
                .Any(m => m.Attributes(FilterHeader).GetValueOrDefault(1) is { Length: > 0 } kind && Encoding.UTF8.GetString(kind.Span).TrimEnd('\0') == "bpf");
        }
        catch (LabException exception)
        {
            // Without a place for filters there are none: the kernel then says that the request is invalid.
            if (!exception.Message.Contains("Invalid argument", StringComparison.Ordinal) && !exception.Message.Contains("not supported", StringComparison.Ordinal))
            {
                _unread.Add($"filters of interface {own.Name}: {exception.Message}");
            }

            return false;
        }
    }

    // No file, no module: then nothing of the kind exists.
    private List<string> Ipvs() =>
    [
        .. Lines("/proc/thread-self/net/ip_vs", "IPVS services")
            .Where(l => l.StartsWith("TCP ", StringComparison.Ordinal) || l.StartsWith("UDP ", StringComparison.Ordinal) || l.StartsWith("SCTP ", StringComparison.Ordinal) || l.StartsWith("FWM ", StringComparison.Ordinal))
            .Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2))),
    ];

    private IEnumerable<string> Legacy(string family, string path) =>
        Lines(path, "tables of iptables-legacy").Where(l => l.Length > 0).Order(StringComparer.Ordinal).Select(name => $"{family} {name}");

    private List<string> LegacyChains(List<string> tables)
    {
        List<string> chains = [];
        foreach (string family in tables.Select(t => t.Split(' ')[0]).Distinct())
        {
            string program = family == "ip" ? "iptables-legacy-save" : "ip6tables-legacy-save";
            try
            {
                NamespaceProcessResult result = ChildProcess.Run(program, [], "");
                if (result.ExitCode == 0)
                {
                    chains.AddRange(result.Output.Split('\n').Where(l => l.StartsWith(':')).Select(l => $"{family} {l[1..].Split(' ')[0]}"));
                    continue;
                }

                _unread.Add($"chains of iptables-legacy: `{program}` ended with {result.ExitCode}");
            }
            catch (LabException exception)
            {
                _unread.Add($"chains of iptables-legacy, which has {string.Join(", ", tables.Where(t => t.StartsWith(family + " ", StringComparison.Ordinal)))}: {exception.Message}");
            }
        }

        return chains;
    }

    private IEnumerable<string> Bridges()
    {
        foreach ((string family, string file) in ((string, string)[])[("ip", "bridge-nf-call-iptables"), ("ip6", "bridge-nf-call-ip6tables")])
        {
            if (Lines("/proc/sys/net/bridge/" + file, "what becomes of bridged packets") is [{ } value, ..] && value.Trim() == "1")
            {
                yield return family;
            }
        }
    }

    private string[] Lines(string path, string what)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unread.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {exception.Message}"));
            return [];
        }
    }
}
