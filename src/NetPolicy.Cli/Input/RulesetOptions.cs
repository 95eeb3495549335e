using System.CommandLine;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Input;

/// <summary>The options that say which node's ruleset is meant and how it is made.</summary>
internal sealed class RulesetOptions
{
    private readonly Option<string?> _node = new("--node") { Description = "The node; this machine's host name if absent." };
    private readonly Option<string> _unknown = new("--unknown-pods")
    {
        Description = "Workloads of the node that the documents do not know: closed or open.",
        DefaultValueFactory = _ => "closed",
    };

    private readonly Option<string> _deny = new("--deny")
    {
        Description = "What becomes of denied connections: drop or reject.",
        DefaultValueFactory = _ => "drop",
    };

    private readonly Option<string> _flowLog = new("--flow-log")
    {
        Description = "Connections that rules report to `netpol flows`: none, denied, or all.",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string[]> _bridges = new("--bridge")
    {
        Description = "A bridge with pods as its ports, such as cni0; the ports and who is behind them are read from the machine.",
    };

    private readonly Option<string?> _bridgePorts = new("--bridge-ports")
    {
        Description = "A file of ports of bridges: in each line bridge, port, link-layer address, and the addresses behind it.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_bridges);
        command.Options.Add(_bridgePorts);
        _flowLog.AcceptOnlyFromAmong("none", "denied", "all");
        command.Options.Add(_flowLog);
        _unknown.AcceptOnlyFromAmong("closed", "open");
        _deny.AcceptOnlyFromAmong("drop", "reject");
        command.Options.Add(_node);
        command.Options.Add(_unknown);
        command.Options.Add(_deny);
    }

    /// <summary>The ruleset; what it cannot say exactly goes to standard error.</summary>
    /// <exception cref="UnusableException">The node is unknown, or something written cannot be enforced: nothing is rendered then.</exception>
    public CompiledRuleset Compile(ParseResult parsed, IReadOnlyList<Manifest> manifests) => Compile(parsed, Snapshot.Of(manifests), netns: null);

    /// <summary>The ruleset of a snapshot; what it cannot say exactly goes to standard error.</summary>
    /// <exception cref="UnusableException">The node is unknown, or something written cannot be enforced: nothing is rendered then.</exception>
    public CompiledRuleset Compile(ParseResult parsed, Snapshot snapshot, string? netns)
    {
        string node = NodeOf(parsed, snapshot);
        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, Enforcement(parsed, netns));
        Say(ruleset);
        return ruleset.HasErrors
            ? throw new UnusableException("the policies cannot be enforced as written, nothing was rendered")
            : ruleset;
    }

    /// <summary>Writes what a ruleset cannot say exactly to standard error.</summary>
    public static void Say(CompiledRuleset ruleset)
    {
        foreach (Diagnostic finding in ruleset.Diagnostics)
        {
            Console.Error.WriteLine(finding);
        }
    }

    /// <summary>The node that is meant.</summary>
    /// <exception cref="UnusableException">The node is unknown.</exception>
    public string NodeOf(ParseResult parsed, Snapshot snapshot)
    {
        string node = parsed.GetValue(_node) ?? Environment.MachineName;
        if (snapshot.Cluster.FindNode(node) is null)
        {
            string known = snapshot.Cluster.Nodes.Count == 0
                ? "the documents name no node"
                : $"the documents name {string.Join(", ", snapshot.Cluster.Nodes.Select(n => n.Name))}";
            throw new UnusableException($"no node is called `{node}`, {known}: say --node");
        }

        return node;
    }

    /// <summary>The choices of rendering.</summary>
    public EnforcementOptions Enforcement(ParseResult parsed, string? netns) => new()
    {
        UnknownPods = parsed.GetValue(_unknown) == "open" ? UnknownPods.Open : UnknownPods.Closed,
        FlowLog = parsed.GetValue(_flowLog) switch
        {
            "denied" => FlowLogMode.Denied,
            "all" => FlowLogMode.All,
            _ => FlowLogMode.None,
        },
        Bridges = Bridges(parsed, netns),
        DenyAction = parsed.GetValue(_deny) == "reject" ? DenyAction.Reject : DenyAction.Drop,
    };

    /// <summary>The bridges and who is behind their ports now. What is written about a port counts more than what is seen of it.</summary>
    /// <exception cref="UnusableException">A name or the file cannot be used.</exception>
    public EquatableArray<PodBridge> Bridges(ParseResult parsed, string? netns)
    {
        string[] names = parsed.GetValue(_bridges) ?? [];
        if (names.FirstOrDefault(n => !InterfaceNames.IsSafe(n)) is { } wrong)
        {
            throw new UnusableException($"--bridge `{wrong}` is no name of an interface");
        }

        EquatableArray<PodBridge> said = [];
        if (parsed.GetValue(_bridgePorts) is { } file)
        {
            try
            {
                said = PodBridge.Parse(File.ReadAllText(file), file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new UnusableException($"--bridge-ports: {exception.Message}");
            }
        }

        return PodBridge.Merge(names.Length == 0 ? [] : PodBridge.Read(names, netns), said);
    }
}
