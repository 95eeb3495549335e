namespace NetPolicy.Enforce.Simulation;

/// <summary>Splits ruleset text into tokens.</summary>
internal static class NftLexer
{
    /// <summary>All tokens, an <see cref="NftTokenKind.End"/> last. Comments and blanks are gone, newlines stay.</summary>
    internal static List<NftToken> Tokenize(string text)
    {
        List<NftToken> tokens = new((text.Length / 5) + 16);
        int position = 0;
        while (position < text.Length)
        {
            char c = text[position];
            if (c is ' ' or '\t' or '\r')
            {
                position++;
            }
            else if (c == '\\' && position + 1 < text.Length && text[position + 1] == '\n')
            {
                position += 2;
            }
            else if (c == '#')
            {
                int end = text.IndexOf('\n', position);
                position = end < 0 ? text.Length : end;
            }
            else
            {
                NftToken token = Read(text, position);
                tokens.Add(token);
                position = token.Kind == NftTokenKind.Quoted ? token.End + 1 : token.End;
            }
        }

        tokens.Add(new NftToken(NftTokenKind.End, text.Length, 0));
        return tokens;
    }

    internal static NftSyntaxException Error(string text, int position, string message)
    {
        int line = 1;
        int lineStart = 0;
        for (int index = 0; index < position; index++)
        {
            if (text[index] == '\n')
            {
                line++;
                lineStart = index + 1;
            }
        }

        return new NftSyntaxException(line, position - lineStart + 1, message);
    }

    private static NftToken Read(string text, int position) => text[position] switch
    {
        '\n' => new(NftTokenKind.Newline, position, 1),
        ';' => new(NftTokenKind.Semicolon, position, 1),
        '{' => new(NftTokenKind.OpenBrace, position, 1),
        '}' => new(NftTokenKind.CloseBrace, position, 1),
        '(' => new(NftTokenKind.OpenParen, position, 1),
        ')' => new(NftTokenKind.CloseParen, position, 1),
        ',' => new(NftTokenKind.Comma, position, 1),
        '=' => Follows(text, position, '=') ? new(NftTokenKind.Operator, position, 2) : new(NftTokenKind.Assign, position, 1),
        '!' => new(NftTokenKind.Operator, position, Follows(text, position, '=') ? 2 : 1),
        '<' or '>' => new(NftTokenKind.Operator, position, Follows(text, position, '=') || Follows(text, position, text[position]) ? 2 : 1),
        '&' or '|' or '^' => new(NftTokenKind.Operator, position, 1),
        '"' => ReadQuoted(text, position),
        _ when IsWord(text[position]) => ReadWord(text, position),
        _ => throw Error(text, position, $"found `{text[position]}`, which starts nothing in a ruleset"),
    };

    private static bool Follows(string text, int position, char next) => position + 1 < text.Length && text[position + 1] == next;

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '/' or '-' or '+' or '*' or '@' or '[' or ']';

    private static NftToken ReadQuoted(string text, int position)
    {
        int end = text.AsSpan(position + 1).IndexOfAny('"', '\n');
        if (end < 0 || text[position + 1 + end] == '\n')
        {
            throw Error(text, position, "found the start of a string, expected its closing `\"` on the same line");
        }

        return new NftToken(NftTokenKind.Quoted, position + 1, end);
    }

    /// <summary>A word; one colon at its end is the map separator written without a blank.</summary>
    private static NftToken ReadWord(string text, int position)
    {
        int end = position + 1;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        if (end - position > 1 && text[end - 1] == ':' && text[end - 2] != ':')
        {
            end--;
        }

        return new NftToken(NftTokenKind.Word, position, end - position);
    }
}
