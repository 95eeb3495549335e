using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetPolicy.Cli.Output;

/// <summary>One place that decides how JSON is written.</summary>
internal static class Json
{
    /// <summary>Writes one indented document to standard output, a large one piece by piece.</summary>
    public static void WriteDocument(Action<Utf8JsonWriter> write)
    {
        // Not disposed: where writing fails a small document must not appear in part.
        Utf8JsonWriter writer = new(new JsonOutput(Console.Out), Options(indented: true));
        write(writer);
        writer.Flush();
        Console.Out.WriteLine();
    }

    /// <summary>Writes one line to standard output.</summary>
    public static void WriteLine(Action<Utf8JsonWriter> write) => Console.Out.WriteLine(ToText(write));

    private static string ToText(Action<Utf8JsonWriter> write)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options(indented: false)))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static JsonWriterOptions Options(bool indented) => new()
    {
        Indented = indented,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
