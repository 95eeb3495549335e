namespace NetPolicy.Enforce.Simulation;

/// <summary>The declared properties of a set that the simulator distinguishes.</summary>
[Flags]
internal enum NftSetFlags
{
    None = 0,
    Interval = 1,
    Timeout = 2,
    Constant = 4,
    Dynamic = 8,
    AutoMerge = 16,
}
