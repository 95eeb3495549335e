namespace NetPolicy.Dsl;

/// <summary>A role that does not say what it serves yet: say <c>.Serves(ports)</c> or <c>.ServesAllTraffic()</c>.</summary>
public sealed class RoleWithoutTraffic
{
    private readonly NamespaceRef _home;
    private readonly string _name;
    private readonly SourceLine _line;

    internal RoleWithoutTraffic(NamespaceRef home, string name, SourceLine line)
    {
        _home = home;
        _name = name;
        _line = line;
    }

    /// <summary>Producers serve these ports to consumers, and both ends are limited to them.</summary>
    public Role Serves(Ports ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return new Role(_home, _name, ports, [_home], _line);
    }

    /// <summary>Producers serve consumers on all traffic.</summary>
    public Role ServesAllTraffic() => new(_home, _name, null, [_home], _line);
}
