namespace NetPolicy.Dsl;

/// <summary>A policy that is reported and never enforced. It is the end of its sentence.</summary>
public sealed class StagedPolicy : IPolicyPart
{
    private readonly IPolicyPart _enforced;

    internal StagedPolicy(IPolicyPart enforced) => _enforced = enforced;

    void IPolicyPart.AddTo(Lowering lowering) => lowering.AddStaged(_enforced);
}
