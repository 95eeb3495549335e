namespace NetPolicy.Dsl;

/// <summary>A Kubernetes NetworkPolicy that mentions no direction yet: add a rule, or say <c>.NoIngress()</c> or <c>.NoEgress()</c>.</summary>
public sealed class KubernetesPolicyWithoutRules : KubernetesRules<KubernetesPolicyWithoutRules>
{
    internal KubernetesPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    internal override KubernetesPolicyWithoutRules Continue(PolicyLink chain) => new(chain);
}
