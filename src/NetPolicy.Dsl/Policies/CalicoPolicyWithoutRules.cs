namespace NetPolicy.Dsl;

/// <summary>A Calico NetworkPolicy that mentions no direction yet: add a rule, or say <c>.NoIngress()</c> or <c>.NoEgress()</c>.</summary>
public sealed class CalicoPolicyWithoutRules : CalicoRules<CalicoPolicyWithoutRules, CalicoPolicy>
{
    internal CalicoPolicyWithoutRules(PolicyLink chain)
        : base(chain)
    {
    }

    internal override CalicoPolicyWithoutRules Continue(PolicyLink chain) => new(chain);

    internal override CalicoPolicy Finish(PolicyLink chain) => new(chain);
}
