namespace NetPolicy.Laws.Worlds;

/// <summary>What a flow should look like so that a certain rule has something to say about it. Null: as it comes.</summary>
internal sealed record FlowHint
{
    public string? Protocol { get; init; }

    public int? Port { get; init; }

    public string? PortName { get; init; }

    public int? SourcePort { get; init; }

    public string? SourcePortName { get; init; }

    public string? SourceBlock { get; init; }

    public string? DestinationBlock { get; init; }

    public string? SubjectNamespace { get; init; }

    public bool IsIngress { get; init; }

    public int? Family { get; init; }

    public int? IcmpType { get; init; }

    public int? IcmpCode { get; init; }

    public string? HttpMethod { get; init; }

    public string? HttpPath { get; init; }

    public string? SourceService { get; init; }

    public string? DestinationService { get; init; }

    public bool SubjectIsHost { get; init; }

    public bool DestinationIsNode { get; init; }
}
