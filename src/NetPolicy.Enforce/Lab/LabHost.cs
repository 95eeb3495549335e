using System.Globalization;
using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>A node under test: its namespace, with forwarding on and reverse path filters and ICMP rate limits off, and its ruleset.</summary>
internal sealed class LabHost : IDisposable
{
    private static readonly (string Name, string Value)[] s_settings =
    [
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"),
        .. EndSettings,
        ("ipv6/conf/all/forwarding", "1"),
    ];

    private LabHost(LabPlan plan, NetworkNamespace space)
    {
        Plan = plan;
        Namespace = space;
        Netfilter = space.Run(() => new NetfilterSocket());
    }

    /// <summary>Settings for every namespace that has addresses: they are used without a check for doubles, nothing is advertised or asked for, and no error that ICMP tells is left out.</summary>
    internal static (string Name, string Value)[] EndSettings =>
    [
        ("ipv6/conf/default/addr_gen_mode", "1"),
        ("ipv6/conf/default/accept_dad", "0"),
        ("ipv6/conf/default/accept_ra", "0"),
        ("ipv6/conf/default/router_solicitations", "0"),
        ("ipv4/icmp_ratemask", "0"),
        ("ipv6/icmp/ratemask", "255"),
    ];

    internal LabPlan Plan { get; }

    internal NetworkNamespace Namespace { get; }

    /// <summary>Locked while used.</summary>
    internal NetfilterSocket Netfilter { get; }

    /// <summary>Makes the namespace, without interfaces.</summary>
    internal static LabHost Create(LabPlan plan, LabOptions options)
    {
        NetworkNamespace space = options.NameHosts ? NetworkNamespace.CreateNamed("h") : NetworkNamespace.CreateAnonymous();
        try
        {
            space.Run(() => Apply(s_settings));
            return new LabHost(plan, space);
        }
        catch
        {
            space.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Netfilter.Dispose();
        Namespace.Dispose();
    }

    /// <summary>Gives the interfaces, which are there by now, their addresses, routes and neighbours.</summary>
    internal void Configure() => Namespace.Run(() =>
    {
        Batch(Plan.HostScript());
        AwaitAddresses(Plan.Addresses);
    });

    /// <summary>Replaces the ruleset, and forgets connections.</summary>
    internal void LoadRuleset(string text)
    {
        lock (Netfilter)
        {
            Netfilter.FlushRuleset();
            Netfilter.FlushConnections();
        }

        LoadText(text + "\n" + Plan.Tables());
    }

    /// <summary>Runs a ruleset text as it is.</summary>
    internal void LoadText(string text) => Namespace.RunProcess("nft", ["-f", "-"], text).ThrowIfFailed();

    /// <summary>What the ruleset's counters have counted, by comment.</summary>
    internal SortedDictionary<string, ulong> ReadCounters() =>
        KernelCounters.Parse(Namespace.RunProcess("nft", ["-j", "list", "ruleset"]).ThrowIfFailed().Output);

    internal void FlushConnections()
    {
        lock (Netfilter)
        {
            Netfilter.FlushConnections();
        }
    }

    /// <summary>Writes settings below /proc/sys/net of the calling thread's namespace.</summary>
    internal static void Apply((string Name, string Value)[] settings)
    {
        foreach ((string name, string value) in settings)
        {
            string path = "/proc/sys/net/" + name;
            try
            {
                File.WriteAllText(path, value);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new LabException($"`{path}` cannot be set to `{value}`: {exception.Message}", exception);
            }
        }
    }

    /// <summary>
    /// Waits until the calling thread's namespace takes packets to these addresses for its own. For IPv6 the kernel sees to that in the background,
    /// on a busy machine tens of milliseconds after the address was given; until then it sends such packets elsewhere.
    /// </summary>
    internal static void AwaitAddresses(IEnumerable<IPAddress> addresses)
    {
        HashSet<string> missing = [.. addresses.Where(WireAddress.IsIpv6).Select(address => Convert.ToHexStringLower(address.GetAddressBytes()))];
        long started = Environment.TickCount64;
        while (missing.Count > 0)
        {
            missing.ExceptWith(LocalRoutes());
            if (missing.Count > 0)
            {
                if (Environment.TickCount64 - started > 10_000)
                {
                    throw new LabException($"address {missing.Order(StringComparer.Ordinal).First()} of the lab is not usable after ten seconds");
                }

                Thread.Sleep(1);
            }
        }
    }

    private static IEnumerable<string> LocalRoutes()
    {
        const uint Local = 0x8000_0000;
        foreach (string line in File.ReadLines("/proc/thread-self/net/ipv6_route"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 8 && parts[1] == "80" && uint.TryParse(parts[8], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint flags) && (flags & Local) != 0)
            {
                yield return parts[0];
            }
        }
    }

    /// <summary>Runs <c>ip</c> commands in the calling thread's namespace.</summary>
    internal static void Batch(string script) => ChildProcess.Run("ip", ["-batch", "-"], script).ThrowIfFailed();
}
