namespace NetPolicy.Fuzz.Inputs;

/// <summary>One thing to read.</summary>
/// <param name="Target">Who reads it.</param>
/// <param name="Bytes">What is read.</param>
public sealed record FuzzInput(FuzzTarget Target, byte[] Bytes)
{
    private static readonly (FuzzTarget Target, string Extension)[] s_extensions =
    [
        (FuzzTarget.Documents, ".yaml"), (FuzzTarget.Documents, ".json"), (FuzzTarget.Documents, ".txt"),
        (FuzzTarget.Selector, ".selector"), (FuzzTarget.Flows, ".flows"), (FuzzTarget.SelectorCases, ".cases"), (FuzzTarget.Words, ".words"),
    ];

    /// <summary>Ending of the names of files that hold such inputs.</summary>
    public string Extension => s_extensions.First(e => e.Target == Target).Extension;

    /// <summary>The input that a file holds; its ending says who reads it.</summary>
    public static FuzzInput Load(string file) => new(
        s_extensions.FirstOrDefault(e => file.EndsWith(e.Extension, StringComparison.Ordinal)).Target, File.ReadAllBytes(file));
}
