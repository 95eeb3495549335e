namespace NetPolicy.Dsl;

/// <summary>How a label is compared.</summary>
internal enum RequirementOperator : byte
{
    Equal = 0,
    NotEqual,
    In,
    NotIn,
    Exists,
    Absent,
    StartsWith,
    EndsWith,
    Contains,
}
