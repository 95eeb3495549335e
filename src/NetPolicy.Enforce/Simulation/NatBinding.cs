namespace NetPolicy.Enforce.Simulation;

/// <summary>What a nat rule decided for a connection.</summary>
/// <param name="Kind">The translation.</param>
/// <param name="Address">The new address; null keeps it (or, for masquerade and redirect, asks the host for it).</param>
/// <param name="Port">The new port; null keeps it. Of a range, the lowest.</param>
public sealed record NatBinding(NatKind Kind, UInt128? Address, ushort? Port);
