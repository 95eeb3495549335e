using NetPolicy.Addresses;
using NetPolicy.Enforce.Reconcile;
using NetPolicy.Enforce.Rules;
using NetPolicy.Engine;
using NetPolicy.Ports;

namespace NetPolicy.Enforce;

/// <summary>Decides by the tables of classes as they are compiled, element by element. Chains that are rules in order it leaves to the interpreter of text.</summary>
internal sealed class TableWalk
{
    private readonly Dictionary<string, RuleMap> _maps;
    private readonly RowCache _rows;
    private readonly Dictionary<string, RuleLine[]?> _lines = new(StringComparer.Ordinal);

    public TableWalk(RuleTable table, RowCache rows, TableIndex? index = null)
    {
        _rows = rows;
        TableIndex parts = TableIndex.Of(table, index);
        (Chains, _maps) = (parts.Chains, parts.Maps);
    }

    public Dictionary<string, RuleChain> Chains { get; }

    /// <summary>The maps that a class's chain looks into; null if it does anything that this does not know once the identity is found.</summary>
    public List<RuleMap>? TablesOf(string chain)
    {
        List<RuleMap> tables = [];
        if (LinesOf(chain) is not { } lines)
        {
            return null;
        }

        foreach (RuleLine line in lines)
        {
            foreach (RuleStatement statement in line.Statements)
            {
                switch (statement)
                {
                    case RuleStatement.Dispatch dispatch when _maps.TryGetValue(dispatch.Map, out RuleMap? map) && HashSize.IsByIdentity(map):
                        tables.Add(map);
                        break;
                    case RuleStatement.Match { Field: RuleField.Family or RuleField.Protocol, IsNegated: false }:
                    case RuleStatement.Go:
                        break;
                    default:
                        return null;
                }
            }
        }

        return tables;
    }

    /// <summary>The elements of a map for an identity.</summary>
    public List<RuleElement> RowOf(RuleMap map, uint identity) => _rows.Of(map)[identity];

    /// <summary>What a class's chain does with a packet whose peer has the identity.</summary>
    public RuleVerdict Decide(string chain, uint identity, in Packet packet)
    {
        foreach (RuleLine line in LinesOf(chain) ?? throw new ArgumentException("the class has no tables", nameof(chain)))
        {
            if (Take(line, identity, packet) is { } verdict)
            {
                return verdict;
            }
        }

        return RuleVerdict.Return;
    }

    // What a host endpoint's chain does before it looks for the peer's identity is executed as text.
    private RuleLine[]? LinesOf(string chain)
    {
        if (!_lines.TryGetValue(chain, out RuleLine[]? lines))
        {
            ReadOnlySpan<RuleLine> all = Chains[chain].Rules.AsSpan();
            int at = 0;
            while (at < all.Length && !(all[at].Statements is [RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Jump, Chain: Compilation.ChainNames.FindSource or Compilation.ChainNames.FindDestination } }]))
            {
                at++;
            }

            _lines[chain] = lines = at == all.Length ? null : all[at..].ToArray();
        }

        return lines;
    }

    // Null if the next rule is asked.
    private RuleVerdict? Take(RuleLine line, uint identity, in Packet packet)
    {
        foreach (RuleStatement statement in line.Statements)
        {
            switch (statement)
            {
                case RuleStatement.Match match:
                    if (!Holds(match, packet))
                    {
                        return null;
                    }

                    break;
                case RuleStatement.Dispatch dispatch:
                    foreach (RuleElement element in RowOf(_maps[dispatch.Map], identity))
                    {
                        if (Holds(element.Key, dispatch, packet))
                        {
                            return element.Verdict;
                        }
                    }

                    break;

                // The identity is given.
                case RuleStatement.Go { Verdict: { Kind: RuleVerdictKind.Jump, Chain: Compilation.ChainNames.FindSource or Compilation.ChainNames.FindDestination } }:
                    break;
                case RuleStatement.Go go:
                    return go.Verdict;
                default:
                    throw new InvalidOperationException($"{statement} is not decided here");
            }
        }

        return null;
    }

    private static bool Holds(RuleStatement.Match match, in Packet packet)
    {
        foreach (RuleValue value in match.Values)
        {
            if (match.Field == RuleField.Protocol ? value is RuleValue.Transport transport && transport.Protocol == packet.Protocol : IsFamily(value, packet.Family))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFamily(RuleValue value, IpFamily family) =>
        value is RuleValue.Keyword { Word: var word } && word == (family == IpFamily.IPv6 ? "ipv6" : "ipv4");

    private static bool Holds(RuleValue key, RuleStatement.Dispatch dispatch, in Packet packet)
    {
        if (key is not RuleValue.Joined joined)
        {
            return true;
        }

        for (int i = 1; i < joined.Parts.Count; i++)
        {
            bool holds = joined.Parts[i] switch
            {
                RuleValue.Transport transport => transport.Protocol == packet.Protocol,
                RuleValue.Ports ports => packet.Port >= ports.Range.First && packet.Port <= ports.Range.Last,
                RuleValue.Bytes bytes => (dispatch.Fields[i] is RuleField.IcmpType or RuleField.Icmp6Type ? packet.IcmpType : packet.IcmpCode) is var value
                    && value >= bytes.First && value <= bytes.Last,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}
