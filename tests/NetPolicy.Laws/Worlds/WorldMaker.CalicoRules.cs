using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Laws.Worlds;

/// <content>Calico rules: every clause, and no combination that validation forbids.</content>
internal sealed partial class WorldMaker
{
    private CalicoRule CalicoRule(bool isIngress, bool isGlobal)
    {
        if (_isSimple && dice.Chance(75))
        {
            return RuleOfOneClause(isIngress, isGlobal);
        }

        string action = dice.Weighted((46, "Allow"), (26, "Deny"), (18, "Pass"), (10, "Log"));
        int? version = dice.Chance(12) ? dice.Pick(4, 6) : null;
        (IntOrString? protocol, bool hasPorts, int icmpFamily) = dice.Weighted((40, 0), (38, 1), (16, 2), (6, 3)) switch
        {
            0 => ((IntOrString?)null, false, 0),
            1 => (dice.Weighted(
                (40, IntOrString.Of("TCP")), (20, IntOrString.Of("UDP")), (12, IntOrString.Of("SCTP")), (10, IntOrString.Of(6)), (8, IntOrString.Of(17)), (6, IntOrString.Of(132)), (4, IntOrString.Of("6"))), true, 0),
            2 => IcmpProtocol(version),
            _ => (dice.Pick(IntOrString.Of("UDPLite"), IntOrString.Of(47), IntOrString.Of(2)), false, 0),
        };
        bool http = shape.Http && isIngress && action == "Allow" && (protocol is null || (hasPorts && protocol.Value.ToString() is "TCP" or "6")) && dice.Chance(25);
        int family = version ?? (icmpFamily != 0 ? icmpFamily : dice.Chance(72) ? 4 : 6);
        IntOrString? notProtocol = dice.Chance(9) ? NotProtocol(version) : null;
        return new CalicoRule
        {
            Action = action,
            IpVersion = version,
            Protocol = protocol,
            NotProtocol = notProtocol,
            Icmp = icmpFamily != 0 && dice.Chance(60) ? Icmp() : null,
            NotIcmp = dice.Chance(icmpFamily != 0 ? 25 : 2) ? Icmp() : null,
            Source = Entity(isSource: true, new EntityContext(family, protocol is null, hasPorts, isIngress, isGlobal)),
            Destination = Entity(isSource: false, new EntityContext(family, protocol is null, hasPorts, !isIngress, isGlobal)),
            Http = http ? Http() : null,
            Annotations = dice.Chance(3) ? Map(("name", "x")) : null,
        };
    }

    /// <summary>A rule that hangs on one clause; those that seldom match come more often.</summary>
    private CalicoRule RuleOfOneClause(bool isIngress, bool isGlobal)
    {
        int family = dice.Chance(75) ? 4 : 6;
        CalicoRule rule = new() { Action = dice.Weighted((50, "Allow"), (30, "Deny"), (15, "Pass"), (5, "Log")) };
        int clause = dice.Pick(0, 0, 1, 2, 3, 4, 5, 6, 5, 6, 5, 7, 7, 8, 9, 10, 11, 11, 12, 13, 13, 13, 14, 14, 15, 15, 16, 17);
        switch (clause)
        {
            case 0:
                return rule with { Protocol = dice.Pick(IntOrString.Of("ICMP"), IntOrString.Of("ICMPv6")), Icmp = Icmp() };
            case 1:
                return rule with { NotIcmp = Icmp() };
            case 2:
                return rule with { NotProtocol = NotProtocol(null) };
            case 3:
                return rule with { IpVersion = dice.Pick(4, 6) };
            case 4 when shape.Http && isIngress:
                return rule with { Action = "Allow", Protocol = dice.Pick<IntOrString?>(null, IntOrString.Of("TCP")), Http = Http() };
            case 5 when _services.Count > 0:
            case 6 when _services.Count > 0:
                EntityRule service = new() { Services = ServiceNamed(isGlobal) };
                return isIngress ? rule with { Source = service } : rule with { Action = dice.Pick("Allow", "Deny", "Pass"), Destination = service };
            default:
                EntityRule entity = OneClause(clause, family);
                bool numbers = (entity.Ports ?? entity.NotPorts) is { } ports && !ports.All(p => PortNames.Contains(p.Text));
                rule = numbers || (clause > 12 && dice.Chance(50)) ? rule with { Protocol = IntOrString.Of(dice.Pick("TCP", "UDP", "SCTP")) } : rule;
                return dice.Chance(50) ? rule with { Source = entity } : rule with { Destination = entity };
        }
    }

    private EntityRule OneClause(int clause, int family) => clause switch
    {
        7 => new EntityRule { Nets = [dice.PickFrom(Prefixes.Of(family))] },
        8 => new EntityRule { NotNets = [dice.PickFrom(Prefixes.Of(family)[1..])] },
        9 => new EntityRule { NotSelector = EndpointSelectors.Next() },
        10 => new EntityRule { NamespaceSelector = dice.Chance(40) ? "all()" : NamespaceSelectors.Next() },
        11 => new EntityRule { NamespaceSelector = "global()" },
        12 => new EntityRule { ServiceAccounts = new ServiceAccountMatch { Names = dice.Some(2, Accounts).ToEquatableArray() } },
        13 => new EntityRule { Ports = [CalicoPort(namesOnly: false)] },
        14 => new EntityRule { NotPorts = [CalicoPort(namesOnly: false)] },
        15 => new EntityRule { Ports = [CalicoPort(namesOnly: true)] },
        16 => new EntityRule { NotPorts = [CalicoPort(namesOnly: true)] },
        _ => new EntityRule { Selector = EndpointSelectors.Next() },
    };

    private (IntOrString? Protocol, bool HasPorts, int Family) IcmpProtocol(int? version)
    {
        int family = version ?? (dice.Chance(60) ? 4 : 6);
        return (family == 4 ? dice.Pick(IntOrString.Of("ICMP"), IntOrString.Of(1)) : dice.Pick(IntOrString.Of("ICMPv6"), IntOrString.Of(58)), false, family);
    }

    private IntOrString NotProtocol(int? version) => version switch
    {
        4 => dice.Pick(IntOrString.Of("TCP"), IntOrString.Of("UDP"), IntOrString.Of("ICMP"), IntOrString.Of(17)),
        6 => dice.Pick(IntOrString.Of("TCP"), IntOrString.Of("UDP"), IntOrString.Of("ICMPv6"), IntOrString.Of(17)),
        _ => dice.Pick(IntOrString.Of("TCP"), IntOrString.Of("UDP"), IntOrString.Of("ICMP"), IntOrString.Of("ICMPv6"), IntOrString.Of("SCTP"), IntOrString.Of(6)),
    };

    private IcmpMatch Icmp() => new() { Type = dice.Pick(0, 8, 128, 135), Code = dice.Chance(35) ? dice.Pick(0, 1) : null };

    private HttpMatch Http() => new()
    {
        Methods = dice.Chance(30) ? null : dice.Weighted<EquatableArray<string>>((40, ["GET"]), (20, ["GET", "PUT"]), (15, ["*"]), (10, []), (15, ["PUT"])),
        Paths = dice.Chance(35) ? null : dice.Many(0, 2, () => dice.Chance(50)
            ? new HttpPath { Exact = dice.Pick("/", "/a", "/a/b", "/b") }
            : new HttpPath { Prefix = dice.Pick("/", "/a", "/a/", "/b") }).ToEquatableArray(),
    };

    private readonly record struct EntityContext(int Family, bool NamesOnly, bool HasPorts, bool MayNameService, bool IsGlobal);

    private EntityRule? Entity(bool isSource, EntityContext context)
    {
        if (dice.Chance(isSource ? 38 : 34))
        {
            return dice.Chance(10) ? new EntityRule() : null;
        }

        EntityRule rule = Clause(new EntityRule(), context);
        if (rule.Services is null && dice.Chance(20))
        {
            EntityRule more = Clause(rule, context with { MayNameService = false });
            rule = more.Services is null ? more : rule;
        }

        // A destination that is a Service brings its ports along.
        return rule.Services is not null && !isSource ? rule : WithPorts(rule, context);
    }

    private EntityRule Clause(EntityRule rule, EntityContext context) => dice.Weighted(
        (14, 0), (11, 1), (18, 2), (10, 3), (15, 4), (7, 5), (11, 6), (context.MayNameService && _services.Count > 0 ? 14 : 0, 7), (18, 8)) switch
    {
        0 => rule with { Nets = dice.Many(1, 2, () => dice.PickFrom(Prefixes.Of(context.Family))).Distinct().ToEquatableArray() },
        1 => rule with { NotNets = dice.Many(1, 2, () => dice.PickFrom(Prefixes.Of(context.Family)[1..])).Distinct().ToEquatableArray() },
        2 => rule with { Selector = dice.Weighted((15, "all()"), (85, EndpointSelectors.Next())) },
        3 => rule with { NotSelector = EndpointSelectors.Next() },
        4 => rule with { NamespaceSelector = dice.Weighted((30, "all()"), (70, NamespaceSelectors.Next())), Selector = dice.Chance(30) ? EndpointSelectors.Next() : rule.Selector },
        5 => rule with { NamespaceSelector = dice.Pick("global()", "global( )", " global() "), Selector = dice.Chance(30) ? EndpointSelectors.Next() : rule.Selector },
        6 => rule with
        {
            ServiceAccounts = new ServiceAccountMatch
            {
                Names = dice.Chance(60) ? dice.Some(2, Accounts).ToEquatableArray() : dice.Chance(30) ? [] : null,
                Selector = dice.Chance(45) ? dice.Chance(20) ? "all()" : AccountSelectors.Next() : null,
            },
        },
        7 => rule with { Services = ServiceNamed(context.IsGlobal) },
        _ => rule,
    };

    private ServiceMatch ServiceNamed(bool isGlobal)
    {
        ObjectMetadata service = dice.PickFrom(_services).Metadata;
        return new ServiceMatch { Name = service.Name, Namespace = isGlobal || dice.Chance(75) ? service.Namespace : null };
    }

    private EntityRule WithPorts(EntityRule rule, EntityContext context)
    {
        if (context.HasPorts)
        {
            if (dice.Chance(38))
            {
                rule = rule with { Ports = dice.Many(1, 2, () => CalicoPort(namesOnly: false)).ToEquatableArray() };
            }

            if (dice.Chance(15))
            {
                rule = rule with { NotPorts = dice.Many(1, 2, () => CalicoPort(namesOnly: false)).ToEquatableArray() };
            }
        }
        else if (context.NamesOnly && dice.Chance(14))
        {
            EquatableArray<IntOrString> names = [CalicoPort(namesOnly: true)];
            rule = dice.Chance(65) ? rule with { Ports = names } : rule with { NotPorts = names };
        }

        return rule;
    }

    private IntOrString CalicoPort(bool namesOnly)
    {
        int first = dice.PickFrom(PortNumbers);
        return dice.Weighted((namesOnly ? 0 : 35, 0), (namesOnly ? 0 : 22, 1), (namesOnly ? 0 : 5, 2), (38, 3)) switch
        {
            0 => IntOrString.Of(first),
            1 => IntOrString.Of(Text($"{first}:{dice.Pick(first, first + 1, 8080 + first, 65535)}")),
            2 => IntOrString.Of(Text($"{first}")),
            _ => IntOrString.Of(dice.PickFrom(PortNames)),
        };
    }
}
