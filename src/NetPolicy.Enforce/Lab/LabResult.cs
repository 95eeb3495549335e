namespace NetPolicy.Enforce.Lab;

/// <summary>What the kernel did with one probe.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Verdict">Its fate.</param>
/// <param name="Place">Where it came out; <see cref="LabPlace.Nowhere"/> unless passed.</param>
/// <param name="LastNode">The last node under test it entered: for a lost probe, the node that stopped it. Empty from a <see cref="SocketLab"/>, which cannot see it.</param>
public sealed record LabResult(LabProbe Probe, LabVerdict Verdict, LabPlace Place, string LastNode)
{
    /// <summary>Whether it passed.</summary>
    public bool Passed => Verdict == LabVerdict.Passed;
}
