using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>Which policies have a part in a flow.</summary>
internal enum PolicyScope : byte
{
    /// <summary>All.</summary>
    All = 0,

    /// <summary>All but Kubernetes NetworkPolicy: traffic of a pod to its own node (Kubernetes specification §5.7).</summary>
    NotKubernetes,

    /// <summary>Cluster policies alone, profiles left out: a pod reaches itself through a Service (cluster policy specification §1.2).</summary>
    Cluster,
}

/// <summary>Which policies a scope means.</summary>
internal static class PolicyScopes
{
    /// <summary>True if <paramref name="policy"/> has a part in it.</summary>
    public static bool Includes(this PolicyScope scope, Policy policy) => scope switch
    {
        PolicyScope.All => true,
        PolicyScope.NotKubernetes => !policy.IsKubernetes,
        PolicyScope.Cluster => policy.IsCluster,
        _ => throw new ArgumentOutOfRangeException(nameof(scope)),
    };
}
