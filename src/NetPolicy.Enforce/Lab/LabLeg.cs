namespace NetPolicy.Enforce.Lab;

/// <summary>One packet of a flow: where it starts and where it must come out if policy lets it.</summary>
/// <param name="Probe">The packet.</param>
/// <param name="Target">Where it must come out.</param>
public sealed record LabLeg(LabProbe Probe, LabPlace Target)
{
    /// <summary>Whether a packet that came out at <paramref name="place"/> came out where it must. What the lab cannot see is not asked.</summary>
    public static bool IsAt(LabPlace target, LabPlace place) =>
        target.Kind == place.Kind
        && (target.Kind == LabPlaceKind.Outside || target.Name == place.Name)
        && (target.Address is null || place.Address is null || target.Address.Equals(place.Address))
        && (target.Port is null || place.Port is null || target.Port == place.Port);
}
