namespace NetPolicy.Engine;

/// <summary>What the host's own input rules do with packets that policy returns to them.</summary>
public enum HostInput : byte
{
    /// <summary>Drop them.</summary>
    Drop = 0,

    /// <summary>Accept them.</summary>
    Accept,
}
