using System.CommandLine;

namespace NetPolicy.Cli.Input;

/// <summary>The options that list connections of a probe run, and choose among them.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<bool> _list = new("--connections") { Description = "List every connection that was tried, with its verdict and the rule that decided." };
    private readonly Option<string?> _from = new("--from") { Description = "With --connections: only from this pod, namespace, address or host:NODE." };
    private readonly Option<string?> _to = new("--to") { Description = "With --connections: only to this pod, namespace, address, host:NODE or svc:NAMESPACE/NAME." };
    private readonly Option<string?> _verdict = new("--verdict") { Description = "With --connections: only allow or deny." };
    private readonly Option<string?> _port = new("--port") { Description = "With --connections: only this port: 80, 53/udp." };
    private readonly Option<string?> _rule = new("--rule") { Description = "With --connections: only those decided by a rule or policy with this in its name." };

    public void AddTo(Command command)
    {
        _verdict.AcceptOnlyFromAmong("allow", "deny");
        foreach (Option option in (ReadOnlySpan<Option>)[_list, _from, _to, _verdict, _port, _rule])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(parsed =>
        {
            if (!parsed.GetValue(_list) && FilterOptions.Any(option => parsed.GetResult(option) is not null))
            {
                parsed.AddError("--from, --to, --verdict, --port and --rule need --connections");
            }
        });
    }

    /// <summary>Which connections are to be listed; null if none are.</summary>
    public ConnectionFilter? Read(ParseResult parsed) => parsed.GetValue(_list)
        ? new ConnectionFilter(parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_verdict), parsed.GetValue(_port), parsed.GetValue(_rule))
        : null;

    private Option[] FilterOptions => [_from, _to, _verdict, _port, _rule];
}
