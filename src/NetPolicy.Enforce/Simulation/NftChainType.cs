namespace NetPolicy.Enforce.Simulation;

/// <summary>What a base chain is for.</summary>
public enum NftChainType : byte
{
    /// <summary>Decides.</summary>
    Filter = 0,

    /// <summary>Decides, and re-routes locally generated packets whose mark or addresses changed.</summary>
    Route,

    /// <summary>Runs once per connection and translates addresses.</summary>
    Nat,
}
