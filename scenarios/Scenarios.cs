namespace NetPolicy.Scenarios;

/// <summary>The reference scenarios.</summary>
public static class Scenarios
{
    /// <summary>All of them, from the simplest to the one with the most parts.</summary>
    public static IReadOnlyList<Scenario> All => [Functions.Scenario, ThreeTier.Scenario, Tenants.Scenario, ZeroTrust.Scenario, HostEndpointFences.Scenario];
}
