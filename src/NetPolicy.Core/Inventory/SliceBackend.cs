using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Inventory;

/// <summary>One member of a rule's <c>services</c> clause; without protocol and port it counts as a source only.</summary>
internal readonly record struct SliceBackend(int Endpoint, IpAddress Address, Protocol Protocol, ushort Port);
