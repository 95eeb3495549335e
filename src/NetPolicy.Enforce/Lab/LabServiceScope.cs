namespace NetPolicy.Enforce.Lab;

/// <summary>Whose packets a <see cref="LabService"/> translates.</summary>
public enum LabServiceScope : byte
{
    /// <summary>Everyone's.</summary>
    Everyone = 0,

    /// <summary>Those of the node's own pods and of the node itself.</summary>
    Inside,

    /// <summary>Those that arrive by an outside interface.</summary>
    Outside,
}
