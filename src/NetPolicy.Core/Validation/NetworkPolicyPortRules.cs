using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Validation;

/// <summary>Ports of a Kubernetes NetworkPolicy (Kubernetes specification §2.1 rules 20 to 26).</summary>
internal static class NetworkPolicyPortRules
{
    public static void Check(NetworkPolicyPort port, FieldPath path, ValidationContext context)
    {
        if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
        {
            context.Add(Findings.UnsupportedProtocol, path.Child("protocol"), Cause.NotSupported, $"protocol `{port.Protocol}` is not supported, expected `TCP`, `UDP` or `SCTP`");
        }

        if (port.Port is not { } number)
        {
            if (port.EndPort is { } end)
            {
                context.Add(Findings.EndPortWithoutPort, path.Child("endPort"), Cause.Invalid, $"endPort `{end}` stands alone, expected a numeric `port` beside it");
            }
        }
        else if (number.IsNumber)
        {
            CheckNumbers(number.Number, port.EndPort, path, context);
        }
        else
        {
            CheckName(number, port.EndPort, path, context);
        }
    }

    private static void CheckNumbers(int first, int? last, FieldPath path, ValidationContext context)
    {
        if (first is < 1 or > 65535)
        {
            context.Add(Findings.PortOutOfRange, path.Child("port"), Cause.Invalid, $"port `{first}` is out of range, expected 1 to 65535");
        }

        if (last < first)
        {
            context.Add(Findings.EndPortBelowPort, path.Child("endPort"), Cause.Invalid, $"endPort `{last}` is below port `{first}`, expected at least the port");
        }

        if (last is < 1 or > 65535)
        {
            context.Add(Findings.EndPortOutOfRange, path.Child("endPort"), Cause.Invalid, $"endPort `{last}` is out of range, expected 1 to 65535");
        }
    }

    private static void CheckName(IntOrString name, int? last, FieldPath path, ValidationContext context)
    {
        if (last is not null)
        {
            context.Add(Findings.EndPortWithName, path.Child("endPort"), Cause.Invalid, $"endPort `{last}` follows the port name `{name}`, expected a numeric `port`");
        }

        context.AddEach(Findings.InvalidPortName, path.Child("port"), "port name", name.Text ?? "", NameSyntax.PortName(name.Text ?? ""));
    }
}
