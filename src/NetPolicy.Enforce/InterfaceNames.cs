using System.Security.Cryptography;
using System.Text;
using NetPolicy.Inventory;

namespace NetPolicy.Enforce;

/// <summary>Names of the interfaces on the node's side by which pods are reached.</summary>
public static class InterfaceNames
{
    /// <summary>Longest name the kernel takes, in bytes.</summary>
    public const int MaxLength = 15;

    /// <summary>
    /// The name of a workload's interface: the one its WorkloadEndpoint gives, else Calico's scheme, <paramref name="prefix"/> and the first eleven
    /// hexadecimal digits of the SHA-1 of <c>namespace.name</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The endpoint is a host endpoint, or the prefix is longer than four bytes.</exception>
    public static string Of(Endpoint endpoint, string prefix = "cali")
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!endpoint.IsWorkload)
        {
            throw new ArgumentException("a host endpoint is no workload", nameof(endpoint));
        }

        int slash = endpoint.Name.IndexOf('/', StringComparison.Ordinal);
        return !string.IsNullOrEmpty(endpoint.InterfaceName)
            ? endpoint.InterfaceName
            : Of(endpoint.Namespace ?? "", endpoint.Name[(slash + 1)..], prefix);
    }

    /// <summary>The name by Calico's scheme.</summary>
    /// <exception cref="ArgumentException">The prefix is longer than four bytes.</exception>
    public static string Of(string @namespace, string pod, string prefix = "cali")
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > MaxLength - 11)
        {
            throw new ArgumentException("the prefix leaves no room for eleven digits", nameof(prefix));
        }

#pragma warning disable CA5350 // Calico's naming scheme, not a protection.
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes($"{@namespace}.{pod}"));
#pragma warning restore CA5350
        return prefix + Convert.ToHexStringLower(hash)[..11];
    }

    /// <summary>True if <paramref name="name"/> is a name the kernel takes and that is written in letters, digits and <c>._-@:+</c> only.</summary>
    public static bool IsSafe(string name) =>
        name.Length is > 0 and <= MaxLength && name is not "." and not ".."
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':' or '+');
}
