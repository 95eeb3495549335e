using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NetPolicy.Addresses;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Observation;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Tracing;

/// <summary>
/// The way of a real packet through the rules of a machine, as the kernel itself tells it. A table of our own, before all others, asks for it; it belongs to a process
/// that ends with this one, however that ends, and the kernel takes it away then.
/// </summary>
public sealed partial class KernelTrace : IDisposable
{
    /// <summary>What the names of the temporary tables begin with, behind the name of our own.</summary>
    internal const string Infix = "_trace_";

    private const int TraceGroup = 9;
    private const ushort TraceMessage = (10 << 8) | 17;
    private const ushort TraceTable = 1;
    private const ushort TraceChain = 2;
    private const ushort TraceHandle = 3;
    private const ushort TraceKind = 4;
    private const ushort TraceVerdict = 5;
    private const ushort TraceId = 6;
    private const ushort TracePolicy = 16;
    private const ushort VerdictCode = 1;
    private const ushort VerdictChain = 2;
    private const uint KindPolicy = 1;
    private const uint KindReturn = 2;
    private static int s_number;

    private readonly NftProgram _nft;
    private readonly string _table;
    private readonly string _own;
    private readonly NetlinkSocket _socket;
    private readonly Process _owner;
    private readonly Dictionary<string, (string Rule, string? Owner)> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hooks = new(StringComparer.Ordinal);

    /// <summary>Asks the kernel to trace packets.</summary>
    /// <param name="networkNamespace">A namespace that <c>ip netns</c> named; null for this machine.</param>
    /// <param name="from">Source address; null for any.</param>
    /// <param name="to">Destination address; null for any.</param>
    /// <param name="protocol">Transport protocol.</param>
    /// <param name="port">Destination port; null for any.</param>
    /// <param name="tableName">Our table, which names the temporary one.</param>
    /// <exception cref="NftException">The machine refused.</exception>
    public KernelTrace(string? networkNamespace, IpAddress? from, IpAddress? to, Protocol protocol, ushort? port, string tableName = "netpol")
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        _nft = new NftProgram(networkNamespace);
        _own = tableName;
        _table = string.Create(CultureInfo.InvariantCulture, $"{tableName}{Infix}{Environment.ProcessId}_{Interlocked.Increment(ref s_number)}");
        ReadRules();
        _socket = _nft.Inside(() => new NetlinkSocket());
        _socket.Join(TraceGroup);
        _owner = _nft.Inside(() => ChildProcess.Start(new ProcessStartInfo("nft", ["-i"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        }));
        _owner.OutputDataReceived += (_, _) => { };
        _owner.ErrorDataReceived += (_, _) => { };
        _owner.BeginOutputReadLine();
        _owner.BeginErrorReadLine();
        string match = Match(from, to, protocol, port);
        _owner.StandardInput.WriteLine($"add table inet {_table} {{ flags owner; }}");
        foreach (string hook in (string[])["prerouting", "output"])
        {
            _owner.StandardInput.WriteLine($"add chain inet {_table} {hook} {{ type filter hook {hook} priority -350; }}");
            _owner.StandardInput.WriteLine($"add rule inet {_table} {hook} {match}meta nftrace set 1");
        }

        _owner.StandardInput.Flush();
        for (Stopwatch watch = Stopwatch.StartNew(); !IsReady(); Thread.Sleep(20))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(10) || _owner.HasExited)
            {
                Dispose();
                throw new NftException("the kernel took no table for tracing");
            }
        }
    }

    /// <summary>Waits for a packet and follows it.</summary>
    /// <param name="time">How long to wait.</param>
    /// <param name="written">Where counted rules are written, by their comments; may be empty.</param>
    /// <returns>Its steps; empty if none came.</returns>
    /// <exception cref="NftException">The kernel told something that cannot be understood.</exception>
    public IReadOnlyList<PacketTraceStep> Next(TimeSpan time, IReadOnlyDictionary<string, RuleOrigin> written)
    {
        ArgumentNullException.ThrowIfNull(written);
        List<PacketTraceStep> steps = [];
        uint? packet = null;
        try
        {
            for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < time && !IsOver(steps);)
            {
                // What belongs to a packet comes at once: a pause after it is its end.
                if (!_socket.Poll(packet is null ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromMilliseconds(300)))
                {
                    if (packet is not null)
                    {
                        break;
                    }

                    continue;
                }

                if (_socket.TryReceive("reading a trace", wait: false, out ReadOnlySpan<byte> datagram, out bool overrun) && !overrun)
                {
                    Read(datagram, ref packet, steps, written);
                }
            }
        }
        catch (NetlinkException exception)
        {
            throw new NftException(exception.Message, exception);
        }

        return steps;
    }

    /// <summary>Stops tracing: the table goes.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        if (!_owner.HasExited)
        {
            try
            {
                _owner.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has gone by itself.
            }

            if (!_owner.WaitForExit(TimeSpan.FromSeconds(2)))
            {
                _owner.Kill();
                _owner.WaitForExit();
            }
        }

        _owner.Dispose();
    }

    private static bool IsOver(List<PacketTraceStep> steps) => steps.Count > 0 && steps[^1] is { Verdict: "drop" };

    private bool IsReady() => _nft.Start(["list", "table", "inet", _table]) is { ExitCode: 0 } listing && listing.Output.Split("nftrace set 1").Length == 3;

    private void Read(ReadOnlySpan<byte> datagram, ref uint? packet, List<PacketTraceStep> steps, IReadOnlyDictionary<string, RuleOrigin> written)
    {
        NetlinkMessages messages = new(datagram);
        while (messages.MoveNext())
        {
            if (messages.Type != TraceMessage)
            {
                continue;
            }

            (string table, string chain, ulong handle, uint kind, uint id, string verdict, uint policy) = ("", "", 0, 0, 0, "", 0);
            NetlinkReader reader = new(messages.Attributes);
            while (reader.MoveNext())
            {
                switch (reader.Type)
                {
                    case TraceTable:
                        table = reader.Text;
                        break;
                    case TraceChain:
                        chain = reader.Text;
                        break;
                    case TraceHandle:
                        handle = reader.UInt64;
                        break;
                    case TraceKind:
                        kind = reader.UInt32;
                        break;
                    case TraceVerdict:
                        verdict = Verdict(reader.Nested);
                        break;
                    case TraceId:
                        id = reader.UInt32;
                        break;
                    case TracePolicy:
                        policy = reader.UInt32;
                        break;
                    default:
                        break;
                }
            }

            if (table == _table || id != (packet ??= id))
            {
                continue;
            }

            string key = string.Create(CultureInfo.InvariantCulture, $"{table} {chain} {handle}");
            (string rule, string? owner) = kind == KindPolicy ? ("policy", null) : kind == KindReturn ? ("end of the chain", null) : _rules.GetValueOrDefault(key, ("a rule that came later", null));
            string hook = _hooks.GetValueOrDefault($"{table} {chain}") ?? (steps.Count > 0 ? steps[^1].Hook : "");
            steps.Add(new PacketTraceStep(
                hook,
                table == _own ? chain : $"{table} {chain}",
                rule,
                kind == KindPolicy ? (policy == 0 ? "drop" : "accept") : verdict,
                owner,
                owner is not null && written.TryGetValue(owner, out RuleOrigin? origin) ? origin.Span : default));
        }
    }

    private static string Verdict(NetlinkReader reader)
    {
        int code = 0;
        string chain = "";
        while (reader.MoveNext())
        {
            if (reader.Type == VerdictCode)
            {
                code = (int)reader.UInt32;
            }
            else if (reader.Type == VerdictChain)
            {
                chain = " " + reader.Text;
            }
        }

        return code switch
        {
            0 => "drop",
            1 => "accept",
            -1 => "continue",
            -3 => "jump" + chain,
            -4 => "goto" + chain,
            -5 => "return",
            _ => code.ToString(CultureInfo.InvariantCulture),
        };
    }

    // The kernel names rules by numbers, which the listing has.
    private void ReadRules()
    {
        (string table, string chain) = ("", "");
        foreach (string line in _nft.Run(["-a", "-t", "list", "ruleset"]).Split('\n'))
        {
            if (TableLine().Match(line) is { Success: true } begin)
            {
                table = begin.Groups[1].Value;
            }
            else if (ChainLine().Match(line) is { Success: true } named)
            {
                chain = named.Groups[1].Value;
            }
            else if (HookLine().Match(line) is { Success: true } hook)
            {
                _hooks[$"{table} {chain}"] = hook.Groups[1].Value;
            }
            else if (RuleLine().Match(line) is { Success: true } rule)
            {
                string text = rule.Groups[1].Value;
                _rules[$"{table} {chain} {rule.Groups[2].Value}"] = (text, CommentOf().Match(text) is { Success: true } comment ? comment.Groups[1].Value : null);
            }
        }
    }

    private static string Match(IpAddress? from, IpAddress? to, Protocol protocol, ushort? port)
    {
        StringBuilder match = new();
        foreach ((IpAddress? end, string side) in ((IpAddress?, string)[])[(from, "saddr"), (to, "daddr")])
        {
            if (end is { } address)
            {
                match.Append(CultureInfo.InvariantCulture, $"{(address.Family == IpFamily.IPv6 ? "ip6" : "ip")} {side} {address} ");
            }
        }

        match.Append(CultureInfo.InvariantCulture, $"meta l4proto {protocol.Number} ");
        if (port is { } number && protocol.HasPorts)
        {
            match.Append(CultureInfo.InvariantCulture, $"th dport {number} ");
        }

        return match.ToString();
    }

    [GeneratedRegex(@"^table \S+ (\S+) \{")]
    private static partial Regex TableLine();

    [GeneratedRegex(@"^\tchain (\S+) \{")]
    private static partial Regex ChainLine();

    [GeneratedRegex(@"^\t\ttype \w+ hook (\w+) ")]
    private static partial Regex HookLine();

    [GeneratedRegex(@"^\t\t(.+) # handle (\d+)$")]
    private static partial Regex RuleLine();

    [GeneratedRegex("comment \"([^\"]*)\"")]
    private static partial Regex CommentOf();
}
