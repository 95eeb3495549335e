using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetPolicy.Cli.Output;

/// <summary>One place that decides how JSON is written.</summary>
internal static class Json
{
    /// <summary>Writes one indented document to standard output.</summary>
    public static void WriteDocument(Action<Utf8JsonWriter> write) => Console.Out.WriteLine(ToText(write, indented: true));

    /// <summary>Writes one line to standard output.</summary>
    public static void WriteLine(Action<Utf8JsonWriter> write) => Console.Out.WriteLine(ToText(write, indented: false));

    private static string ToText(Action<Utf8JsonWriter> write, bool indented)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions
        {
            Indented = indented,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
