using NetPolicy.Addresses;
using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>A named map from addresses to identities.</summary>
/// <param name="Name">Name.</param>
/// <param name="Family">The family of its keys.</param>
/// <param name="Elements">Addresses and identity numbers in ascending order; disjoint.</param>
/// <param name="IsInterval">True if keys may be ranges.</param>
/// <param name="Size">Elements it is made for, and can hold at most; 0 if it grows by itself. Only for those without ranges.</param>
public sealed record IdentityMap(string Name, IpFamily Family, EquatableArray<(IpRange Addresses, uint Identity)> Elements, bool IsInterval, int Size = 0);
