using System.CommandLine;
using NetPolicy.Cli.Output;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Observation;
using NetPolicy.Enforce.Safety;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Input;

/// <summary>The options that say which connections manage the machine, so that applying must not cut them.</summary>
internal sealed class ManagementOptions
{
    private readonly Option<string[]> _keep = new("--keep")
    {
        Description = "Connections that must survive: 22/tcp from everybody, 22/tcp@10.0.0.0/8 from a block, 10.0.0.1:6443/tcp to an address; separated by commas.",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string[]> _apiServer = new("--api-server")
    {
        Description = "Address of the API server, with its port unless that is 6443; KUBERNETES_SERVICE_HOST if absent.",
    };

    private readonly Option<bool> _skip = new("--no-lockout-check") { Description = "Apply even if that cuts the connections by which the machine is managed." };

    public void AddTo(Command command)
    {
        command.Options.Add(_keep);
        command.Options.Add(_apiServer);
        command.Options.Add(_skip);
    }

    /// <summary>What applying would do to the machine's management; null if that is not to be asked.</summary>
    /// <exception cref="UnusableException">An option is no connection.</exception>
    public LockoutReport? Check(ParseResult parsed, CompiledRuleset ruleset, Snapshot? snapshot, HostFacts facts, int generation)
    {
        List<ManagementFlow> flows =
        [
            .. Parts(parsed.GetValue(_keep)).Select(text => ManagementFlow.Parse(text)
                ?? throw new UnusableException($"--keep `{text}` is no connection, expected `22/tcp`, `22/tcp@10.0.0.0/8` or `10.0.0.1:6443/tcp`")),
            .. Parts(parsed.GetValue(_apiServer)).Select(text => ManagementFlow.OfApiServer(text)
                ?? throw new UnusableException($"--api-server `{text}` is no address, expected an address such as `10.0.0.1` or `10.0.0.1:6443`")),
        ];
        return parsed.GetValue(_skip)
            ? null
            : LockoutCheck.Run(ruleset, snapshot, facts, [.. Found(facts, parsed.GetValue(_apiServer) is { Length: > 0 }, isElsewhere: parsed.GetValue<string?>("--netns") is not null, snapshot is not null), .. flows], generation);
    }

    /// <summary>Says what <see cref="Check"/> found; false if a connection would be cut.</summary>
    /// <exception cref="UnusableException">An option is no connection.</exception>
    public bool IsSafe(ParseResult parsed, CompiledRuleset ruleset, Snapshot? snapshot, HostFacts facts, int generation)
    {
        LockoutReport? report = Check(parsed, ruleset, snapshot, facts, generation);
        FindingsText.Write(Console.Error, report?.Diagnostics ?? []);
        foreach (ManagementFlow kept in report?.Kept ?? [])
        {
            Console.Error.WriteLine($"netpol: stays open: {kept}");
        }

        return report?.IsSafe ?? true;
    }

    // The caller's session and environment are of this machine, and of another network namespace only if that has the session's address.
    private static IEnumerable<ManagementFlow> Found(HostFacts facts, bool hasApiServer, bool isElsewhere, bool knowsServices)
    {
        if (ManagementFlow.OfSshConnection(CallerSession.Find()) is { } session && (!isElsewhere || facts.OwnerOf(session.Local!.Value) is not null))
        {
            yield return session;
            yield return session with { Name = $"new SSH sessions from {session.Peers[0].First}", SourcePort = null, IsOpen = false };
        }

        if (!hasApiServer && !isElsewhere && Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host)
        {
            string port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT") ?? "443";
            string text = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
            if (!knowsServices)
            {
                Console.Error.WriteLine($"netpol: KUBERNETES_SERVICE_HOST `{host}` is a Service's address, whose backends are not kept, and the way there was not judged: say --api-server");
            }
            else if (ManagementFlow.OfApiServer(text) is { } server)
            {
                yield return server;
            }
            else
            {
                Console.Error.WriteLine($"netpol: KUBERNETES_SERVICE_HOST `{host}` is no address, the way to the API server was not judged: say --api-server");
            }
        }

        foreach (ManagementFlow listening in ManagementFlow.Listening(facts))
        {
            yield return listening;
        }
    }

    private static IEnumerable<string> Parts(string[]? texts) =>
        (texts ?? []).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
