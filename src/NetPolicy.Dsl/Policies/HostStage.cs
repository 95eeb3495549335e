namespace NetPolicy.Dsl;

/// <summary>When a host policy acts.</summary>
internal enum HostStage : byte
{
    ApplyOnForward = 0,
    PreDnat,
    DoNotTrack,
}
