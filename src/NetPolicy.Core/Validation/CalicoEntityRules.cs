using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>One end of a Calico rule (Calico specification §1.5, EntityRule).</summary>
internal static class CalicoEntityRules
{
    private const int MaxNets = 256;
    private const int MaxPorts = 50;

    public static void Check(EntityRule? entity, FieldPath path, ValidationContext context)
    {
        if (entity is null)
        {
            return;
        }

        CheckNets(entity.Nets ?? [], path.Child("nets"), context);
        CheckNets(entity.NotNets ?? [], path.Child("notNets"), context);
        CheckNotEverything(entity.NotNets ?? [], path.Child("notNets"), context);
        CalicoSelectorRules.CheckRule(entity.Selector, path.Child("selector"), context);
        CalicoSelectorRules.CheckNegated(entity.NotSelector, path.Child("notSelector"), context);
        CalicoSelectorRules.CheckNamespace(entity.NamespaceSelector, path.Child("namespaceSelector"), context);
        CheckPorts(entity.Ports ?? [], path.Child("ports"), context);
        CheckPorts(entity.NotPorts ?? [], path.Child("notPorts"), context);
        if (entity.ServiceAccounts is { } accounts)
        {
            ListRules.CheckUnique(accounts.Names ?? [], path.Child("serviceAccounts").Child("names"), context);
            CalicoSelectorRules.CheckText(accounts.Selector, path.Child("serviceAccounts").Child("selector"), context);
        }

        CheckServices(entity, path, context);
    }

    // R5 and R6.
    private static void CheckNets(EquatableArray<string> nets, FieldPath path, ValidationContext context)
    {
        ListRules.CheckCount(nets.Count, MaxNets, path, "networks", context);
        ListRules.CheckUnique(nets, path, context);
        for (int i = 0; i < nets.Count; i++)
        {
            CidrFault fault = IpPrefix.Read(nets[i], IpLeniency.Lenient, out IpPrefix prefix);
            if (fault == CidrFault.HostBits)
            {
                context.Add(Findings.NetWithHostBits, path.At(i), Cause.Invalid, $"network `{nets[i]}` has bits set beyond its length, expected `{prefix}`");
            }
            else if (fault != CidrFault.None)
            {
                context.Add(Findings.InvalidNet, path.At(i), Cause.Invalid, $"network `{ScalarNode.Shorten(nets[i])}` {CidrText.Complaint(fault)}, expected CIDR text such as `10.0.0.0/8`");
            }
        }
    }

    // R9.
    private static void CheckNotEverything(EquatableArray<string> nets, FieldPath path, ValidationContext context)
    {
        for (int i = 0; i < nets.Count; i++)
        {
            IpPrefix.Read(nets[i], IpLeniency.Lenient, out IpPrefix prefix);
            if (prefix.Family != IpFamily.None && prefix.Length == 0)
            {
                context.Add(Findings.NotNetsEverything, path.At(i), Cause.Invalid, $"`{nets[i]}` excludes every address");
            }
        }
    }

    private static void CheckPorts(EquatableArray<IntOrString> ports, FieldPath path, ValidationContext context)
    {
        ListRules.CheckCount(ports.Count, MaxPorts, path, "ports", context);
        for (int i = 0; i < ports.Count; i++)
        {
            context.AddEach(Findings.InvalidPort, path.At(i), "port", ports[i].ToString(), CalicoPort.Faults(ports[i]));
        }
    }

    // R10 and the part of R11 that holds everywhere.
    private static void CheckServices(EntityRule entity, FieldPath path, ValidationContext context)
    {
        if (entity.Services is not { } services)
        {
            return;
        }

        if (string.IsNullOrEmpty(services.Name))
        {
            context.Add(Findings.IncompleteService, path.Child("services").Child("name"), Cause.Required, "service has no name");
        }

        string? other = !string.IsNullOrEmpty(entity.Selector) ? "selector"
            : !string.IsNullOrEmpty(entity.NotSelector) ? "notSelector"
            : !string.IsNullOrEmpty(entity.NamespaceSelector) ? "namespaceSelector"
            : entity.ServiceAccounts is not null ? "serviceAccounts"
            : entity.Nets is { IsEmpty: false } ? "nets"
            : entity.NotNets is { IsEmpty: false } ? "notNets"
            : null;
        if (other is not null)
        {
            context.Add(Findings.ServicesWithOthers, path.Child("services"), Cause.Forbidden, $"`services` stands beside `{other}`, expected it alone");
        }
    }
}
