namespace NetPolicy.Enforce.Rules;

/// <summary>Which packets a table sees.</summary>
public enum RuleFamily : byte
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = 0,

    /// <summary>Frames that pass through bridges.</summary>
    Bridge,
}
