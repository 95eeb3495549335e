using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Kubernetes;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>Address blocks of a Kubernetes NetworkPolicy (Kubernetes specification §2.1 rules 16 to 19).</summary>
internal static class IpBlockRules
{
    public static void Check(IpBlockSpec block, FieldPath path, ValidationContext context)
    {
        FieldPath cidrPath = path.Child("cidr");
        if (string.IsNullOrEmpty(block.Cidr))
        {
            context.Add(Findings.CidrRequired, cidrPath, Cause.Required, "`cidr` is missing");
            return;
        }

        if (!TryRead(block.Cidr, Findings.InvalidCidr, cidrPath, context, out IpPrefix prefix))
        {
            return;
        }

        EquatableArray<string> exceptions = block.Except ?? [];
        for (int i = 0; i < exceptions.Count; i++)
        {
            FieldPath exceptPath = path.Child("except").At(i);
            if (TryRead(exceptions[i], Findings.InvalidExcept, exceptPath, context, out IpPrefix except)
                && (!prefix.Contains(except.First) || except.Length <= prefix.Length))
            {
                context.Add(
                    Findings.ExceptNotInside,
                    exceptPath,
                    Cause.Invalid,
                    $"exception `{exceptions[i]}` is no proper part of `{block.Cidr}`, expected a longer prefix inside it");
            }
        }
    }

    private static bool TryRead(string text, DiagnosticDescriptor invalid, FieldPath path, ValidationContext context, out IpPrefix prefix)
    {
        CidrFault fault = IpPrefix.Read(text, IpLeniency.Lenient, out prefix);
        string shown = ScalarNode.Shorten(text);
        switch (fault)
        {
            case CidrFault.None:
                return true;
            case CidrFault.NoLength:
                context.Add(invalid, path, Cause.Invalid, $"`{shown}` has no prefix length, expected CIDR text such as `10.0.0.0/8`");
                return false;
            case CidrFault.NotCidr:
                context.Add(invalid, path, Cause.Invalid, $"`{shown}` is no address block, expected CIDR text such as `10.0.0.0/8`");
                return false;
            default:
                bool strict = context.Options.CidrMode == CidrMode.Strict;
                context.Add(
                    Findings.OldCidrSpelling,
                    path,
                    Cause.Invalid,
                    $"`{shown}` {CidrText.Complaint(fault)}, expected `{prefix}`",
                    strict ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);

                // The block is known, whatever the mode thinks of its spelling: what is written inside it is judged too.
                return true;
        }
    }
}
