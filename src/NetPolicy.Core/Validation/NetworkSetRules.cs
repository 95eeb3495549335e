using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Validation;

/// <summary>Network sets: blocks whose host bits are masked later, and bare addresses (Calico specification §1.7).</summary>
internal static class NetworkSetRules
{
    public static void Check(EquatableArray<string> nets, ValidationContext context)
    {
        FieldPath path = FieldPath.Of("spec").Child("nets");
        ListRules.CheckUnique(nets, path, context);
        for (int i = 0; i < nets.Count; i++)
        {
            bool isBlock = IpPrefix.Read(nets[i], IpLeniency.Lenient, out _) is CidrFault.None or CidrFault.HostBits or CidrFault.MappedAddress;
            if (!isBlock && !IpAddress.TryParse(nets[i], out _))
            {
                context.Add(Findings.InvalidNet, path.At(i), Cause.Invalid, $"`{ScalarNode.Shorten(nets[i])}` is no network, expected a block such as `10.0.0.0/8` or an address");
            }
        }
    }
}
