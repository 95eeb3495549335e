using System.Globalization;
using NetPolicy.Engine;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Addresses;
using NetPolicy.Spec;

namespace NetPolicy.Laws;

/// <summary>One flow in the words of each of its judges.</summary>
public static class Flows
{
    /// <summary>For the oracle.</summary>
    public static SpecFlow ToSpec(this FlowRequest flow) => new(
        flow.From,
        flow.To,
        flow.Protocol ?? "TCP",
        flow.Port,
        flow.SourcePort,
        flow.IcmpType,
        flow.IcmpCode,
        flow.IpFamily switch { null => null, "IPv4" => 4, _ => 6 },
        flow.OutInterface,
        flow.InInterface,
        flow.HttpMethod,
        flow.HttpPath);

    /// <summary>For the engine.</summary>
    public static FlowRequest ToRequest(this SpecFlow flow) => new()
    {
        From = flow.From,
        To = flow.To,
        Protocol = flow.Protocol,
        Port = flow.Port,
        SourcePort = flow.SourcePort,
        IcmpType = flow.IcmpType,
        IcmpCode = flow.IcmpCode,
        IpFamily = flow.IpFamily switch { null => null, 4 => "IPv4", _ => "IPv6" },
        OutInterface = flow.OutInterface,
        InInterface = flow.InInterface,
        HttpMethod = flow.HttpMethod,
        HttpPath = flow.HttpPath,
    };

    /// <summary>From a test file.</summary>
    public static FlowRequest ToRequest(this ExpectedFlow flow) => new()
    {
        From = flow.From,
        To = flow.To,
        Protocol = flow.Protocol.ToString(),
        Port = flow.Port,
        SourcePort = flow.SourcePort,
        IcmpType = flow.IcmpType,
        IcmpCode = flow.IcmpCode,
        IpFamily = flow.IpFamily switch { IpFamily.None => null, IpFamily.IPv4 => "IPv4", _ => "IPv6" },
        OutInterface = flow.OutInterface,
        InInterface = flow.InInterface,
        HttpMethod = flow.HttpMethod,
        HttpPath = flow.HttpPath,
    };

    /// <summary>As written in test files, without the braces.</summary>
    public static string Describe(this FlowRequest flow)
    {
        List<string> fields = [$"from: {Quote(flow.From)}", $"to: {Quote(flow.To)}"];
        Add("protocol", flow.Protocol);
        Add("port", flow.Port);
        Add("sourcePort", flow.SourcePort);
        Add("icmpType", flow.IcmpType);
        Add("icmpCode", flow.IcmpCode);
        Add("ipFamily", flow.IpFamily);
        Add("outInterface", flow.OutInterface);
        Add("inInterface", flow.InInterface);
        Add("httpMethod", flow.HttpMethod is null ? null : Quote(flow.HttpMethod));
        Add("httpPath", flow.HttpPath is null ? null : Quote(flow.HttpPath));
        return string.Join(", ", fields);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                fields.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {value}"));
            }
        }
    }

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
