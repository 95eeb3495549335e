using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Rules;

/// <summary>A value that fields are compared with, and elements of sets and maps are made of.</summary>
public abstract record RuleValue
{
    private RuleValue()
    {
    }

    /// <summary>Addresses of one family.</summary>
    /// <param name="Range">The addresses, both ends included.</param>
    public sealed record Addresses(IpRange Range) : RuleValue;

    /// <summary>Ports.</summary>
    /// <param name="Range">The ports, both ends included.</param>
    public sealed record Ports(PortRange Range) : RuleValue;

    /// <summary>A transport protocol.</summary>
    /// <param name="Protocol">The protocol.</param>
    public sealed record Transport(Protocol Protocol) : RuleValue;

    /// <summary>The identity of a peer.</summary>
    /// <param name="Number">Its number; 0 for none.</param>
    public sealed record Identity(uint Number) : RuleValue;

    /// <summary>Interfaces.</summary>
    /// <param name="Name">The name, or the beginning of names if <paramref name="IsPrefix"/>.</param>
    /// <param name="IsPrefix">True for every interface whose name begins so.</param>
    public sealed record Interface(string Name, bool IsPrefix = false) : RuleValue;

    /// <summary>Values of one byte: ICMP types and codes, hop limits.</summary>
    /// <param name="First">Lowest, included.</param>
    /// <param name="Last">Highest, included.</param>
    public sealed record Bytes(byte First, byte Last) : RuleValue;

    /// <summary>Bits of a mark.</summary>
    /// <param name="Value">The bits.</param>
    public sealed record Mark(uint Value) : RuleValue;

    /// <summary>A word of the rule language, such as <c>established</c>.</summary>
    /// <param name="Word">The word.</param>
    public sealed record Keyword(string Word) : RuleValue;

    /// <summary>A link-layer address.</summary>
    /// <param name="Address">The address.</param>
    public sealed record LinkAddress(MacAddress Address) : RuleValue;

    /// <summary>Bytes of a header as a number, the first byte highest.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Octets(ulong Value) : RuleValue;

    /// <summary>Values of several fields side by side.</summary>
    /// <param name="Parts">One value for each field.</param>
    public sealed record Joined(EquatableArray<RuleValue> Parts) : RuleValue;

    /// <summary>Everything that no other element of the map holds.</summary>
    public sealed record Anything : RuleValue
    {
        /// <summary>The one instance.</summary>
        public static Anything Instance { get; } = new();
    }

    /// <summary>Several fields' values.</summary>
    public static RuleValue Join(params ReadOnlySpan<RuleValue> parts) => new Joined(EquatableArray.Create(parts));
}
