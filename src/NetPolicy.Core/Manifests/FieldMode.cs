namespace NetPolicy.Manifests;

/// <summary>What becomes of a field that a policy kind does not have.</summary>
public enum FieldMode : byte
{
    /// <summary>An error, as under the API server's field validation <c>Strict</c>: its author expects it to do something.</summary>
    Strict = 0,

    /// <summary>Dropped with a warning, as a server prunes it under <c>Warn</c>. What is left may mean something else.</summary>
    Lenient,
}
