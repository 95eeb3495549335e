namespace NetPolicy.Dsl;

/// <summary>A named value that sentences refer to.</summary>
/// <param name="Kind">What it is; kinds are declared in the order of <see cref="HandleKind"/>.</param>
/// <param name="Key">What makes two handles of a kind the same.</param>
/// <param name="Name">Its name in C#.</param>
/// <param name="Expression">What it is made by.</param>
internal sealed record Handle(HandleKind Kind, string Key, string Name, string Expression);

/// <summary>Kinds of handles, in the order in which their expressions may refer to each other.</summary>
internal enum HandleKind : byte
{
    LabelKey = 0,
    NamespaceRef,
    NamespaceGroup,
    Workload,
    Tier,
    NetworkSet,
}
