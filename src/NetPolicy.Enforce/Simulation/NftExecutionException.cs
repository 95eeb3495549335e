namespace NetPolicy.Enforce.Simulation;

/// <summary>
/// A packet met something that the simulator cannot decide truthfully: two map elements with different data match it, or a
/// rule asks the routing table and none was given.
/// </summary>
public sealed class NftExecutionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NftExecutionException(string message)
        : base(message)
    {
    }
}
