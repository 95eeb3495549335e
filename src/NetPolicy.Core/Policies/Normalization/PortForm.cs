using NetPolicy.Ports;

namespace NetPolicy.Policies.Normalization;

/// <summary>One entry of <c>ports</c> or <c>protocols</c>.</summary>
/// <param name="Protocol">The protocol; null for all, and for names, whose protocol is the container port's.</param>
/// <param name="Ports">Destination ports; null for all, protocols without ports included.</param>
internal readonly record struct PortForm(Protocol? Protocol, PortMatch? Ports)
{
    /// <summary>What an absent list means.</summary>
    public static PortForm Anything => default;

    /// <summary>A container port of the destination pod.</summary>
    public static PortForm Named(string name) => new(null, new PortMatch(PortSet.Empty, [name], CountsInitContainers: false));

    /// <summary>Ports from <paramref name="first"/> to <paramref name="last"/>; none at all if they are swapped. False if one is missing or no port.</summary>
    public static bool TryRange(Protocol protocol, int? first, int? last, out PortForm form)
    {
        form = default;
        if (first is not (> 0 and <= ushort.MaxValue) || last is not (> 0 and <= ushort.MaxValue))
        {
            return false;
        }

        PortSet ports = first > last ? PortSet.Empty : PortSet.Of([new PortRange((ushort)first, (ushort)last)]);
        form = new PortForm(protocol, new PortMatch(ports, [], CountsInitContainers: false));
        return true;
    }
}
