using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Ports;

namespace NetPolicy.Validation;

/// <summary>One Calico rule, in a policy or a profile (Calico specification §1.5).</summary>
internal static class CalicoRuleRules
{
    public static void Check(CalicoRule rule, FieldPath path, ValidationContext context)
    {
        CheckAction(rule.Action, path.Child("action"), context);
        if (rule.IpVersion is not (null or 4 or 6))
        {
            context.Add(Findings.InvalidIpVersion, path.Child("ipVersion"), Cause.NotSupported, $"IP version `{rule.IpVersion}` is unknown, expected 4 or 6");
        }

        Protocol? protocol = CheckProtocol(rule.Protocol, path.Child("protocol"), context);
        Protocol? notProtocol = CheckProtocol(rule.NotProtocol, path.Child("notProtocol"), context);
        CheckIcmp(rule, protocol, notProtocol, path, context);
        CalicoEntityRules.Check(rule.Source, path.Child("source"), context);
        CalicoEntityRules.Check(rule.Destination, path.Child("destination"), context);
        CheckPorts(rule, protocol, path, context);
        CheckFamilies(rule, path, context);
        if (rule.Destination is { Services: not null } destination && (destination.Ports is { IsEmpty: false } || destination.NotPorts is { IsEmpty: false }))
        {
            string list = destination.Ports is { IsEmpty: false } ? "ports" : "notPorts";
            context.Add(Findings.ServicesWithPorts, path.Child("destination").Child(list), Cause.Forbidden, "`destination.services` stands beside ports, expected no ports: the Service brings its own");
        }

        if (rule.Http is { } http)
        {
            CalicoHttpRules.Check(http, rule, protocol, path.Child("http"), context);
        }

        if (rule.Annotations is { } annotations)
        {
            MetadataRules.CheckAnnotations(annotations, path.Child("metadata").Child("annotations"), context);
        }
    }

    private static void CheckAction(string? action, FieldPath path, ValidationContext context)
    {
        if (string.IsNullOrEmpty(action))
        {
            context.Add(Findings.InvalidAction, path, Cause.Required, "rule has no action, expected `Allow`, `Deny`, `Log` or `Pass`");
        }
        else if (action is not ("Allow" or "Deny" or "Log" or "Pass"))
        {
            context.Add(Findings.InvalidAction, path, Cause.NotSupported, $"action `{action}` is unknown, expected `Allow`, `Deny`, `Log` or `Pass`");
        }
    }

    private static Protocol? CheckProtocol(IntOrString? written, FieldPath path, ValidationContext context)
    {
        if (written is not { } value)
        {
            return null;
        }

        if (Protocol.TryParse(value.ToString(), out Protocol protocol))
        {
            return protocol;
        }

        context.Add(Findings.InvalidProtocol, path, Cause.Invalid, $"protocol `{value}` is unknown, expected a name such as `TCP` or a number from 1 to 255");
        return null;
    }

    // R1, R2 and the ranges of types and codes.
    private static void CheckIcmp(CalicoRule rule, Protocol? protocol, Protocol? notProtocol, FieldPath path, ValidationContext context)
    {
        CheckIcmpNumbers(rule.Icmp, path.Child("icmp"), context);
        CheckIcmpNumbers(rule.NotIcmp, path.Child("notICMP"), context);
        if (rule.Icmp is not null && protocol is not { IsIcmp: true })
        {
            context.Add(Findings.IcmpWithoutProtocol, path.Child("icmp"), Cause.Invalid, $"`icmp` stands with {(protocol is { } other ? $"protocol `{other}`" : "no protocol")}, expected `ICMP` or `ICMPv6`");
        }

        CheckIcmpFamily(protocol, rule.IpVersion, path.Child("protocol"), context);
        CheckIcmpFamily(notProtocol, rule.IpVersion, path.Child("notProtocol"), context);
    }

    private static void CheckIcmpFamily(Protocol? protocol, int? version, FieldPath path, ValidationContext context)
    {
        if ((protocol == Protocol.Icmp && version == 6) || (protocol == Protocol.IcmpV6 && version == 4))
        {
            context.Add(Findings.IcmpOfOtherFamily, path, Cause.Invalid, $"protocol `{protocol}` stands with `ipVersion: {version}`, expected `{(version == 6 ? "ICMPv6" : "ICMP")}`");
        }
    }

    private static void CheckIcmpNumbers(IcmpMatch? icmp, FieldPath path, ValidationContext context)
    {
        if (icmp?.Type is < 0 or > 254)
        {
            context.Add(Findings.InvalidIcmp, path.Child("type"), Cause.Invalid, $"ICMP type `{icmp.Type}` is out of range, expected 0 to 254");
        }

        if (icmp?.Code is < 0 or > 255)
        {
            context.Add(Findings.InvalidIcmp, path.Child("code"), Cause.Invalid, $"ICMP code `{icmp.Code}` is out of range, expected 0 to 255");
        }

        if (icmp is { Code: not null, Type: null })
        {
            context.Add(Findings.InvalidIcmp, path.Child("code"), Cause.Invalid, $"ICMP code `{icmp.Code}` stands without a type");
        }
    }

    // R3 and R4.
    private static void CheckPorts(CalicoRule rule, Protocol? protocol, FieldPath path, ValidationContext context)
    {
        Check(rule.Source?.Ports, path.Child("source").Child("ports"));
        Check(rule.Source?.NotPorts, path.Child("source").Child("notPorts"));
        Check(rule.Destination?.Ports, path.Child("destination").Child("ports"));
        Check(rule.Destination?.NotPorts, path.Child("destination").Child("notPorts"));

        void Check(EquatableArray<IntOrString>? ports, FieldPath list)
        {
            if (ports is not { IsEmpty: false } written)
            {
                return;
            }

            if (rule.Protocol is null && written.AsEnumerable().Any(CalicoPort.IsNumeric))
            {
                context.Add(Findings.PortsWithoutProtocol, list, Cause.Invalid, "rule has numeric ports and no protocol, expected `TCP`, `UDP` or `SCTP`");
            }

            if (protocol is { HasPorts: false })
            {
                context.Add(Findings.PortsOfOtherProtocol, list, Cause.Invalid, $"rule has ports with protocol `{protocol}`, expected `TCP`, `UDP` or `SCTP`");
            }
        }
    }

    // R7 and R8.
    private static void CheckFamilies(CalicoRule rule, FieldPath path, ValidationContext context)
    {
        bool hasIPv4 = false, hasIPv6 = false;
        Look(rule.Source?.Nets, path.Child("source").Child("nets"));
        Look(rule.Source?.NotNets, path.Child("source").Child("notNets"));
        Look(rule.Destination?.Nets, path.Child("destination").Child("nets"));
        Look(rule.Destination?.NotNets, path.Child("destination").Child("notNets"));
        if (hasIPv4 && hasIPv6)
        {
            context.Add(Findings.NetsOfBothFamilies, path, Cause.Invalid, "rule has IPv4 and IPv6 networks, expected one family");
        }

        void Look(EquatableArray<string>? nets, FieldPath list)
        {
            EquatableArray<string> written = nets ?? [];
            for (int i = 0; i < written.Count; i++)
            {
                IpPrefix.Read(written[i], IpLeniency.Lenient, out IpPrefix net);
                hasIPv4 |= net.Family == IpFamily.IPv4;
                hasIPv6 |= net.Family == IpFamily.IPv6;
                if (net.Family != IpFamily.None && rule.IpVersion is 4 or 6 && (int)net.Family != rule.IpVersion)
                {
                    context.Add(Findings.NetOfOtherFamily, list.At(i), Cause.Invalid, $"network `{written[i]}` stands with `ipVersion: {rule.IpVersion}`");
                }
            }
        }
    }
}
