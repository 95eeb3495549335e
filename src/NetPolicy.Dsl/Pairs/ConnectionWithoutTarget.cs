namespace NetPolicy.Dsl;

/// <summary>A connection that does not say its target yet: say <c>.To(workload)</c>.</summary>
public sealed class ConnectionWithoutTarget
{
    private readonly Workload _from;
    private readonly SourceLine _line;

    internal ConnectionWithoutTarget(Workload from, SourceLine line)
    {
        _from = from;
        _line = line;
    }

    /// <summary>The workload that is connected to.</summary>
    public ConnectionWithoutTraffic To(Workload target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(_from, target, _line);
    }
}
