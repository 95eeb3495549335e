namespace NetPolicy.Enforce.Simulation;

/// <summary>What a token is. Numbers, addresses and names are all words: the expected type reads them.</summary>
internal enum NftTokenKind : byte
{
    End = 0,
    Word,
    Quoted,
    Newline,
    Semicolon,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    Comma,
    Assign,
    Operator,
}

/// <summary>A piece of the text; of a quoted string, the part between the quotes.</summary>
internal readonly record struct NftToken(NftTokenKind Kind, int Start, int Length)
{
    internal int End => Start + Length;
}
