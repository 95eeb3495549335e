namespace NetPolicy.Cli.Output;

/// <summary>Colour on a terminal only, and never where NO_COLOR is set.</summary>
internal static class Paint
{
    private static readonly bool IsOn = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static string Good(string text) => With("32", text);

    public static string Bad(string text) => With("31", text);

    public static string Mild(string text) => With("33", text);

    public static string Faint(string text) => With("2", text);

    public static string Strong(string text) => With("1", text);

    public static string Verdict(bool isAllowed) => isAllowed ? Good("allow") : Bad("deny");

    private static string With(string code, string text) => IsOn ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
