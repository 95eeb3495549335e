namespace NetPolicy.Enforce.Simulation;

/// <summary>What the routing table says for a <c>fib</c> expression.</summary>
/// <param name="OutputInterface">
/// The interface the address is routed through; null: no route, or, when <see cref="FibKeys.Input"/> or <see cref="FibKeys.Output"/> is asked, none through that interface.
/// </param>
/// <param name="AddressType">The route type.</param>
public readonly record struct FibAnswer(string? OutputInterface, FibAddressType AddressType);
