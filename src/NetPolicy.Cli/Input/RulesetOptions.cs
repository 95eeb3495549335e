using System.CommandLine;
using NetPolicy.Diagnostics;
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

    public void AddTo(Command command)
    {
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
    public CompiledRuleset Compile(ParseResult parsed, IReadOnlyList<Manifest> manifests) => Compile(parsed, Snapshot.Of(manifests));

    /// <summary>The ruleset of a snapshot; what it cannot say exactly goes to standard error.</summary>
    /// <exception cref="UnusableException">The node is unknown, or something written cannot be enforced: nothing is rendered then.</exception>
    public CompiledRuleset Compile(ParseResult parsed, Snapshot snapshot)
    {
        string node = parsed.GetValue(_node) ?? Environment.MachineName;
        if (snapshot.Cluster.FindNode(node) is null)
        {
            string known = snapshot.Cluster.Nodes.Count == 0
                ? "the documents name no node"
                : $"the documents name {string.Join(", ", snapshot.Cluster.Nodes.Select(n => n.Name))}";
            throw new UnusableException($"no node is called `{node}`, {known}: say --node");
        }

        CompiledRuleset ruleset = RulesetCompiler.Compile(snapshot, node, new EnforcementOptions
        {
            UnknownPods = parsed.GetValue(_unknown) == "open" ? UnknownPods.Open : UnknownPods.Closed,
            FlowLog = parsed.GetValue(_flowLog) switch
            {
                "denied" => FlowLogMode.Denied,
                "all" => FlowLogMode.All,
                _ => FlowLogMode.None,
            },
            DenyAction = parsed.GetValue(_deny) == "reject" ? DenyAction.Reject : DenyAction.Drop,
        });
        foreach (Diagnostic finding in ruleset.Diagnostics)
        {
            Console.Error.WriteLine(finding);
        }

        return ruleset.HasErrors
            ? throw new UnusableException("the policies cannot be enforced as written, nothing was rendered")
            : ruleset;
    }
}
