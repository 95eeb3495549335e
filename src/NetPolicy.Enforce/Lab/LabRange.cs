using System.Net;

namespace NetPolicy.Enforce.Lab;

/// <summary>An address block: every address that shares the first <paramref name="Length"/> bits with <paramref name="Address"/>.</summary>
/// <param name="Address">The first address.</param>
/// <param name="Length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
public sealed record LabRange(IPAddress Address, int Length);
