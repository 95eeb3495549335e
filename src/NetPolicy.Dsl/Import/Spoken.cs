namespace NetPolicy.Dsl;

/// <summary>A word or sentence of the language as C# text, beside the value that the text makes.</summary>
internal readonly record struct Spoken<T>(string Text, T Value);
