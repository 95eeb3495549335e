namespace NetPolicy.Dsl;

/// <summary>
/// One connection, opened at both ends by two Kubernetes policies: <c>web-to-api</c> with the egress of the one and <c>api-from-web</c> with
/// the ingress of the other. They add to whatever else is written for the two.
/// </summary>
public sealed class Connection : IPolicyPart
{
    private readonly Workload _from;
    private readonly Workload _to;
    private readonly Ports? _ports;
    private readonly SourceLine _line;

    internal Connection(Workload from, Workload to, Ports? ports, SourceLine line)
    {
        _from = from;
        _to = to;
        _ports = ports;
        _line = line;
    }

    void IPolicyPart.AddTo(Lowering lowering)
    {
        (string file, int line) = (_line.File ?? "", _line.Line);
        Add(_from.Policy($"{_from.Name}-to-{_to.Name}", file, line).AllowTo(_to, file, line));
        Add(_to.Policy($"{_to.Name}-from-{_from.Name}", file, line).AllowFrom(_from, file, line));

        void Add(RuleWithoutTraffic<KubernetesPolicy> rule) => KubernetesLowering.Add((_ports is null ? rule.OnAllTraffic() : rule.On(_ports)).Chain, lowering);
    }
}
