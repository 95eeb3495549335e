namespace NetPolicy.Enforce.Lab;

/// <summary>A port that something listens on.</summary>
/// <param name="Protocol">IP protocol number: 6 TCP, 17 UDP.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct LabPort(byte Protocol, ushort Port);
