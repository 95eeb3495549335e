using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Dsl;

/// <summary>Traffic as the clauses of adjacent Calico rules: ports of one protocol share a clause, everything else has its own.</summary>
internal static class CalicoClauses
{
    private const int MostPorts = 50;

    public static IReadOnlyList<CalicoClause> Of(RuleLink rule, Lowering lowering)
    {
        if (rule.Http is { } http)
        {
            return [OfHttp(http)];
        }

        if (rule.Traffic is not { } traffic)
        {
            return [CalicoClause.AllTraffic];
        }

        lowering.Report(traffic.Faults);
        List<CalicoClause> clauses = [];
        HashSet<Protocol> protocols = [];
        foreach (TrafficTerm term in traffic.Terms)
        {
            if (!IsListed(term))
            {
                clauses.Add(Single(term));
            }
            else if (protocols.Add(((IPortTerm)term).Protocol))
            {
                Protocol protocol = ((IPortTerm)term).Protocol;
                clauses.AddRange(traffic.Terms.Where(t => IsListed(t) && ((IPortTerm)t).Protocol == protocol).Chunk(MostPorts).Select(c => Listed(protocol, c)));
            }
        }

        return clauses;
    }

    private static bool IsListed(TrafficTerm term) => term is PortRangeTerm or PortNameTerm;

    private static CalicoClause Listed(Protocol protocol, TrafficTerm[] terms) => new()
    {
        Protocol = IntOrString.Of(protocol.ToString()),
        Ports = [.. terms.Select(PortOf)],
        Lines = [.. terms.Select((t, i) => ($"destination.ports[{i}]", t.Line))],
    };

    private static CalicoClause Single(TrafficTerm term) => term switch
    {
        AllPortsTerm all => new CalicoClause { Protocol = IntOrString.Of(all.Protocol.ToString()) },
        AllPortsExceptTerm all => new CalicoClause
        {
            Protocol = IntOrString.Of(all.Protocol.ToString()),
            NotPorts = [.. all.Except.Where(IsListed).Select(PortOf)],
            Lines = [.. all.Except.Where(IsListed).Select((t, i) => ($"destination.notPorts[{i}]", t.Line))],
        },
        SourcePortsTerm source => new CalicoClause
        {
            Protocol = IntOrString.Of(source.Destination.Protocol.ToString()),
            Ports = [PortOf(source.Destination)],
            SourcePorts = [Range(source.First, source.Last)],
            Lines = [("destination.ports[0]", source.Destination.Line), ("source.ports[0]", source.Line)],
        },
        ProtocolTerm protocol => new CalicoClause { Protocol = IntOrString.Of(protocol.Number), Lines = [("protocol", protocol.Line)] },
        IcmpTerm icmp => new CalicoClause
        {
            Protocol = IntOrString.Of(icmp.Protocol.ToString()),
            Icmp = icmp.IsException ? null : MatchOf(icmp),
            NotIcmp = icmp.IsException ? MatchOf(icmp) : null,
            Family = icmp.Protocol == Protocol.Icmp ? IpFamily.IPv4 : IpFamily.IPv6,
        },
        _ => throw new InvalidOperationException($"no such traffic: {term.GetType().Name}"),
    };

    private static IcmpMatch? MatchOf(IcmpTerm icmp) => icmp.Type is { } type ? new IcmpMatch { Type = type, Code = icmp.Code } : null;

    private static IntOrString PortOf(TrafficTerm term) => term switch
    {
        PortNameTerm name => IntOrString.Of(name.Name),
        PortRangeTerm range => Range(range.First, range.Last),
        _ => throw new InvalidOperationException($"no port: {term.GetType().Name}"),
    };

    private static IntOrString Range(ushort first, ushort last) =>
        first == last ? IntOrString.Of(first) : IntOrString.Of(string.Create(CultureInfo.InvariantCulture, $"{first}:{last}"));

    private static CalicoClause OfHttp(HttpTraffic http) => new()
    {
        Protocol = IntOrString.Of("TCP"),
        Ports = [PortOf(http.Port)],
        Http = new HttpMatch
        {
            Methods = http.Methods.IsEmpty ? null : [.. http.Methods.Select(m => m.Method)],
            Paths = http.Paths.IsEmpty ? null : [.. http.Paths.Select(p => p.IsPrefix ? new HttpPath { Prefix = p.Path } : new HttpPath { Exact = p.Path })],
        },
        Lines =
        [
            ("destination.ports[0]", http.Port.Line),
            .. http.Methods.Select((m, i) => ($"http.methods[{i}]", m.Line)),
            .. http.Paths.Select((p, i) => ($"http.paths[{i}]", p.Line)),
        ],
    };
}
