using NetPolicy.Collections;

namespace NetPolicy.Enforce.Rules;

/// <summary>One step of a rule: a condition, which ends the rule where it does not hold, or an action.</summary>
public abstract record RuleStatement
{
    private RuleStatement()
    {
    }

    /// <summary>A condition: the field is one of the values.</summary>
    /// <param name="Field">The field.</param>
    /// <param name="Values">The values; at least one.</param>
    /// <param name="IsNegated">True if it must be none of them.</param>
    public sealed record Match(RuleField Field, EquatableArray<RuleValue> Values, bool IsNegated = false) : RuleStatement;

    /// <summary>A condition on some bits of a mark.</summary>
    /// <param name="Field">A mark.</param>
    /// <param name="Mask">The bits that count.</param>
    /// <param name="Bits">What they must be.</param>
    /// <param name="IsNegated">True if they must differ.</param>
    public sealed record MatchBits(RuleField Field, uint Mask, uint Bits, bool IsNegated = false) : RuleStatement;

    /// <summary>A condition: the connection was accepted by the generation of rules that is being written, or by the one before it.</summary>
    /// <param name="Mask">The connection mark's bits for generations.</param>
    /// <param name="IsPrevious">True for the one before; the rule is left out where there was none.</param>
    public sealed record MatchGeneration(uint Mask, bool IsPrevious) : RuleStatement;

    /// <summary>Marks the connection as accepted by the generation of rules that is being written.</summary>
    /// <param name="Mask">The connection mark's bits for generations; others stay as they are.</param>
    public sealed record SetGeneration(uint Mask) : RuleStatement;

    /// <summary>A condition: the fields are an element of a named set.</summary>
    /// <param name="Fields">The fields.</param>
    /// <param name="Set">The set's name.</param>
    /// <param name="IsNegated">True if they must not be.</param>
    public sealed record MatchSet(EquatableArray<RuleField> Fields, string Set, bool IsNegated = false) : RuleStatement;

    /// <summary>Goes where a named map says; on if it says nothing.</summary>
    /// <param name="Fields">The fields looked up.</param>
    /// <param name="Map">The map's name.</param>
    public sealed record Dispatch(EquatableArray<RuleField> Fields, string Map) : RuleStatement;

    /// <summary>Goes where a small map in the rule itself says.</summary>
    /// <param name="Field">The field looked up.</param>
    /// <param name="Entries">Value and verdict.</param>
    public sealed record Switch(RuleField Field, EquatableArray<RuleElement> Entries) : RuleStatement;

    /// <summary>Sets the identity to a constant.</summary>
    /// <param name="Number">The number.</param>
    public sealed record SetIdentity(uint Number) : RuleStatement;

    /// <summary>Sets the identity to what a named map says of a field; the rule ends if it says nothing.</summary>
    /// <param name="Field">The field looked up.</param>
    /// <param name="Map">The map's name.</param>
    public sealed record FindIdentity(RuleField Field, string Map) : RuleStatement;

    /// <summary>Rewrites a mark: keeps the bits of <paramref name="Kept"/> and adds those of <paramref name="Added"/>.</summary>
    /// <param name="Field">A mark.</param>
    /// <param name="Kept">Bits that stay as they are.</param>
    /// <param name="Added">Bits that are set.</param>
    public sealed record SetBits(RuleField Field, uint Kept, uint Added) : RuleStatement;

    /// <summary>Counts packets and bytes.</summary>
    public sealed record Counter : RuleStatement
    {
        /// <summary>The one instance.</summary>
        public static Counter Instance { get; } = new();
    }

    /// <summary>A condition: fewer packets than a rate have come here; so that a flood does not make a flood of reports.</summary>
    /// <param name="PerSecond">Packets a second; at least 1.</param>
    /// <param name="Burst">Packets that may come at once; at least 1.</param>
    public sealed record Limit(uint PerSecond, uint Burst) : RuleStatement;

    /// <summary>Logs the packet.</summary>
    /// <param name="Prefix">What the line begins with; at most 127 bytes.</param>
    /// <param name="Group">Netlink group to log to; null for the kernel's log.</param>
    public sealed record Log(string Prefix, ushort? Group) : RuleStatement;

    /// <summary>Takes the packet out of connection tracking.</summary>
    public sealed record NoTrack : RuleStatement
    {
        /// <summary>The one instance.</summary>
        public static NoTrack Instance { get; } = new();
    }

    /// <summary>Refuses the packet and tells its sender.</summary>
    /// <param name="IsReset">True for a TCP reset, false for an ICMP error.</param>
    public sealed record Reject(bool IsReset) : RuleStatement;

    /// <summary>Goes somewhere.</summary>
    /// <param name="Verdict">Where.</param>
    public sealed record Go(RuleVerdict Verdict) : RuleStatement;
}
