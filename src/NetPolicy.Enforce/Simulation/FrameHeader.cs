namespace NetPolicy.Enforce.Simulation;

/// <summary>The headers of a frame.</summary>
internal enum FrameHeader : byte
{
    Link = 0,
    Network,
    Transport,
}
