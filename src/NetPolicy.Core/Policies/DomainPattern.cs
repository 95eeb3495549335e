namespace NetPolicy.Policies;

/// <summary>What a domain name in a policy means (cluster policy specification §2.5).</summary>
/// <remarks>Names are compared in ASCII without regard to case and to a final dot.</remarks>
public static class DomainPattern
{
    private const string AnyLabels = "*.";

    /// <summary>
    /// True if <paramref name="pattern"/> means <paramref name="name"/>: <c>example.io</c> means itself only, <c>*.example.io</c> every name with one
    /// or more further labels before it.
    /// </summary>
    public static bool Matches(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        ReadOnlySpan<char> wanted = WithoutFinalDot(pattern), known = WithoutFinalDot(name);
        return wanted.StartsWith(AnyLabels, StringComparison.Ordinal)
            ? known.Length > wanted.Length - 1 && known[0] != '.' && known.EndsWith(wanted[1..], StringComparison.OrdinalIgnoreCase)
            : known.Length > 0 && known.Equals(wanted, StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> WithoutFinalDot(string name) => name.EndsWith('.') ? name.AsSpan(0, name.Length - 1) : name;
}
