namespace NetPolicy.Dsl;

/// <summary>The part that adds nothing: the other branch of a condition.</summary>
internal sealed class NothingPart : IPolicyPart
{
    public static NothingPart Instance { get; } = new();

    void IPolicyPart.AddTo(Lowering lowering)
    {
    }
}
