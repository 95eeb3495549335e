namespace NetPolicy.Dsl;

/// <summary>What the compiler prints where a newcomer goes astray.</summary>
internal static class Signposts
{
    public const string ServicePort = "a Service's port is not what policy sees: say .On(port.Target)";
    public const string KubernetesOnlyAllows = "a Kubernetes NetworkPolicy can only allow: start with CalicoPolicy to deny";
    public const string KubernetesHasNoOrder = "a Kubernetes NetworkPolicy can only allow and has no order: start with CalicoPolicy to order policies";
    public const string PreDnatHasNoEgress = "a pre-DNAT policy has no egress: before DNAT there is only arriving traffic";
    public const string PreDnatOrUntracked = "a policy is pre-DNAT or untracked, not both";
}
