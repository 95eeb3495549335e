using System.Globalization;
using NetPolicy.Engine;

namespace NetPolicy.Cli.Output;

/// <summary>A flow in one line for people.</summary>
internal static class FlowText
{
    public static string Of(FlowRequest flow)
    {
        string protocol = (flow.Protocol ?? "TCP").ToUpperInvariant();
        string port = flow.Port is { } number ? " " + number.ToString(CultureInfo.InvariantCulture) : "";
        string family = flow.IpFamily is { } name ? $" ({name})" : "";
        return $"{flow.From} -> {flow.To} {protocol}{port}{family}";
    }
}
