namespace NetPolicy.Policies;

/// <summary>Which way a flow goes, seen from the subject.</summary>
public enum Direction : byte
{
    /// <summary>Towards the subject.</summary>
    Ingress = 0,

    /// <summary>Away from the subject.</summary>
    Egress,
}
