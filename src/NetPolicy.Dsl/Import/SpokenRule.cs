using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>One rule as a sentence: its parts as text and value. Without <paramref name="Traffic"/> and <paramref name="Http"/> it is about all traffic.</summary>
internal sealed record SpokenRule(
    RuleDirection Direction,
    RuleAction Action,
    EquatableArray<Spoken<CalicoPeer>> Peers,
    EquatableArray<Spoken<CalicoPeer>> OwnEnds,
    EquatableArray<Spoken<Traffic>> Traffic,
    Spoken<HttpTraffic>? Http = null)
{
    /// <summary>The rule in C#, beginning with its dot.</summary>
    public string Text
    {
        get
        {
            bool ingress = Direction == RuleDirection.Ingress;
            if (IsDns && !ingress && Action == RuleAction.Allow && OwnEnds.IsEmpty && Peers is [{ Text: nameof(Syntax.KubeDns) }])
            {
                return ".AllowDns()";
            }

            string own = OwnEnds.IsEmpty ? "" : $".{(ingress ? "To" : "From")}({Union(OwnEnds)})";
            string on = Http is { } http ? $".On({http.Text})" : Traffic.IsEmpty ? ".OnAllTraffic()" : $".On({(IsDns ? nameof(Syntax.Dns) : Union(Traffic))})";
            return $".{Action}{(ingress ? "From" : "To")}({Union(Peers)}){own}{on}";
        }
    }

    private bool IsDns => Traffic is [{ Text: "Udp(53)" }, { Text: "Tcp(53)" }];

    /// <summary>The sentence after this rule.</summary>
    public RuleLink After(PolicyLink before) => new(before, Direction, Action, Join(Peers), OwnEnds.IsEmpty ? null : Join(OwnEnds), All(), Http?.Value, default);

    private static string Union<T>(EquatableArray<Spoken<T>> operands) => CSharpText.Union([.. operands.Select(o => o.Text)]);

    private static CalicoPeer Join(EquatableArray<Spoken<CalicoPeer>> peers) => peers.Skip(1).Aggregate(peers[0].Value, (joined, p) => joined | p.Value);

    private Traffic? All() => Traffic.IsEmpty ? null : Traffic.Skip(1).Aggregate(Traffic[0].Value, (joined, t) => joined | t.Value);
}
