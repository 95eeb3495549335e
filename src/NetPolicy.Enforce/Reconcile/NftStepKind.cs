namespace NetPolicy.Enforce;

/// <summary>What a step of a plan is for.</summary>
public enum NftStepKind : byte
{
    /// <summary>Loads what nothing reaches yet.</summary>
    Prepare = 0,

    /// <summary>Changes what packets meet.</summary>
    Change,

    /// <summary>Starts a new epoch: connections that were accepted before are judged again.</summary>
    Epoch,

    /// <summary>Takes away what nothing reaches any more.</summary>
    Clean,
}
