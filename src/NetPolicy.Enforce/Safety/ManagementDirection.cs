namespace NetPolicy.Enforce.Safety;

/// <summary>Who opens a management connection.</summary>
public enum ManagementDirection : byte
{
    /// <summary>Somebody else, to this machine.</summary>
    Inbound = 0,

    /// <summary>This machine.</summary>
    Outbound,
}
