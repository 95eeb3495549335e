namespace NetPolicy.Enforce.Rules;

/// <summary>A hook of the network stack.</summary>
public enum RuleHookPoint : byte
{
    /// <summary>Packets that arrive, before routing.</summary>
    Prerouting = 0,

    /// <summary>Packets for this machine.</summary>
    Input,

    /// <summary>Packets passing through.</summary>
    Forward,

    /// <summary>Packets made here.</summary>
    Output,

    /// <summary>Packets about to leave.</summary>
    Postrouting,
}
