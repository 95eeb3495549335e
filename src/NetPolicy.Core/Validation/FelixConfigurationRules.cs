using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>The settings of Calico's agent that change verdicts (Calico specification §7.4, §8.9).</summary>
internal static class FelixConfigurationRules
{
    public static void Check(FelixConfigurationManifest felix, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec");
        string action = felix.DefaultEndpointToHostAction ?? "Drop";
        if (!action.Equals("Drop", StringComparison.OrdinalIgnoreCase) && !action.Equals("Accept", StringComparison.OrdinalIgnoreCase) && !action.Equals("Return", StringComparison.OrdinalIgnoreCase))
        {
            context.Add(Findings.InvalidFelixSetting, path.Child("defaultEndpointToHostAction"), Cause.NotSupported, $"action `{ScalarNode.Shorten(action)}` is unknown, expected `Drop`, `Accept` or `Return`");
        }

        CheckPorts(felix.FailsafeInboundHostPorts ?? [], path.Child("failsafeInboundHostPorts"), context);
        CheckPorts(felix.FailsafeOutboundHostPorts ?? [], path.Child("failsafeOutboundHostPorts"), context);
    }

    private static void CheckPorts(EquatableArray<FailsafePort> ports, FieldPath path, ValidationContext context)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            FailsafePort port = ports[i];
            string protocol = port.Protocol?.ToString().ToUpperInvariant() ?? "TCP";
            if (protocol is not ("TCP" or "UDP" or "SCTP" or "6" or "17" or "132"))
            {
                context.Add(Findings.InvalidFelixSetting, path.At(i).Child("protocol"), Cause.NotSupported, $"protocol `{port.Protocol}` has no ports, expected `TCP`, `UDP` or `SCTP`");
            }

            if (port.Port is not (>= 1 and <= 65535))
            {
                context.Add(Findings.InvalidFelixSetting, path.At(i).Child("port"), Cause.Invalid, $"port `{port.Port}` is out of range, expected 1 to 65535");
            }

            if (port.Net is { Length: > 0 } net && IpPrefix.Read(net, IpLeniency.Lenient, out _) is CidrFault.NotCidr or CidrFault.LeadingZeros or CidrFault.NoLength && !IpAddress.TryParse(port.Net, out _))
            {
                context.Add(Findings.InvalidFelixSetting, path.At(i).Child("net"), Cause.Invalid, $"`{ScalarNode.Shorten(port.Net)}` is no network, expected a block such as `10.0.0.0/8`");
            }
        }
    }
}
