using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Ports;

namespace NetPolicy.Validation;

/// <summary>Host endpoints (Calico specification §1.7).</summary>
internal static class HostEndpointRules
{
    public static void Check(HostEndpointSpec spec, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        if (string.IsNullOrEmpty(spec.Node))
        {
            context.Add(Findings.InvalidHostEndpoint, path.Child("node"), Cause.Required, "host endpoint has no node");
        }
        else
        {
            context.AddEach(Findings.InvalidHostEndpoint, path.Child("node"), "node", spec.Node, NameSyntax.Subdomain(spec.Node));
        }

        CheckInterface(spec, path, context);
        CheckAddresses(spec.ExpectedIPs ?? [], path.Child("expectedIPs"), context);
        CheckProfiles(spec.Profiles ?? [], path.Child("profiles"), context);
        EquatableArray<EndpointPort> ports = spec.Ports ?? [];
        for (int i = 0; i < ports.Count; i++)
        {
            CheckPort(ports[i], path.Child("ports").At(i), context);
        }
    }

    private static void CheckInterface(HostEndpointSpec spec, FieldPath path, ValidationContext context)
    {
        string name = spec.InterfaceName ?? "";
        if (name.Length == 0 && spec.ExpectedIPs is not { IsEmpty: false })
        {
            context.Add(Findings.InvalidHostEndpoint, path.Child("interfaceName"), Cause.Required, "host endpoint has neither `interfaceName` nor `expectedIPs`, expected at least one of them");
        }

        bool isName = name.Length <= 15 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        if (name != "*" && !isName)
        {
            context.Add(Findings.InvalidHostEndpoint, path.Child("interfaceName"), Cause.Invalid, $"interface `{ScalarNode.Shorten(name)}` is no name, expected `*` or up to 15 letters, digits, `_`, `.` and `-`");
        }
    }

    private static void CheckAddresses(EquatableArray<string> addresses, FieldPath path, ValidationContext context)
    {
        ListRules.CheckUnique(addresses, path, context);
        for (int i = 0; i < addresses.Count; i++)
        {
            if (!IpAddress.TryParse(addresses[i], out _))
            {
                context.Add(Findings.InvalidAddress, path.At(i), Cause.Invalid, $"`{ScalarNode.Shorten(addresses[i])}` is no address, expected for example `10.0.0.1`");
            }
        }
    }

    private static void CheckProfiles(EquatableArray<string> profiles, FieldPath path, ValidationContext context)
    {
        ListRules.CheckUnique(profiles, path, context);
        for (int i = 0; i < profiles.Count; i++)
        {
            context.AddEach(Findings.InvalidHostEndpoint, path.At(i), "profile", profiles[i], NameSyntax.Subdomain(profiles[i]));
        }
    }

    public static void CheckPort(EndpointPort port, FieldPath path, ValidationContext context)
    {
        if (string.IsNullOrEmpty(port.Name))
        {
            context.Add(Findings.InvalidPortName, path.Child("name"), Cause.Required, "port has no name");
        }
        else
        {
            context.AddEach(Findings.InvalidPortName, path.Child("name"), "port name", port.Name, NameSyntax.PortName(port.Name));
        }

        if (port.Protocol is not { } written)
        {
            context.Add(Findings.InvalidProtocol, path.Child("protocol"), Cause.Required, "port has no protocol, expected `TCP`, `UDP` or `SCTP`");
        }
        else if (!Protocol.TryParse(written.ToString(), out Protocol protocol) || !protocol.HasPorts)
        {
            context.Add(Findings.InvalidProtocol, path.Child("protocol"), Cause.NotSupported, $"protocol `{written}` has no ports, expected `TCP`, `UDP` or `SCTP`");
        }

        if (port.Port is not (>= 1 and <= 65535))
        {
            context.Add(Findings.InvalidPort, path.Child("port"), Cause.Invalid, $"port `{port.Port}` is out of range, expected 1 to 65535");
        }
    }
}
