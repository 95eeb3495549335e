namespace NetPolicy.Dsl;

/// <summary>The direction of a rule, seen from the subject.</summary>
internal enum RuleDirection : byte
{
    Ingress = 0,
    Egress,
}
