namespace NetPolicy.Enforce.Simulation;

/// <summary>One expression of a rule, executed left to right.</summary>
internal abstract class Instruction
{
    /// <summary>Whether the expression only compares, so that neighbours of this kind may be reordered without a difference.</summary>
    internal virtual bool IsMatch => false;

    /// <summary>The verdicts the expression can give.</summary>
    internal virtual IEnumerable<NftDecision> Decisions => [];

    internal abstract Step Execute(Execution execution);

    /// <summary>The expression in canonical text: equal texts mean equal behaviour.</summary>
    internal abstract string Describe();
}
