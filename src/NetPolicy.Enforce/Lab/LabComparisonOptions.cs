namespace NetPolicy.Enforce.Lab;

/// <summary>How a <see cref="LabComparison"/> is made.</summary>
public sealed record LabComparisonOptions
{
    /// <summary>The defaults.</summary>
    public static LabComparisonOptions Default { get; } = new();

    /// <summary>With what; default the interpreter and packets. All but the interpreter need what <see cref="LabSupport.Check"/> says.</summary>
    public LabMeans Means { get; init; } = LabMeans.Interpreter | LabMeans.Packets;

    /// <summary>How the labs are built.</summary>
    public LabOptions Lab { get; init; } = LabOptions.Default;
}
