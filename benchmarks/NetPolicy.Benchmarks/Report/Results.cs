using System.Text.Json;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Report;

/// <summary>The newest figure of each row, as kept in a file beside the benchmarks.</summary>
public sealed record Results
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>Where the newest were taken.</summary>
    public Machine? Machine { get; init; }

    /// <summary>Measurements by the names of rows; null for those that took too long.</summary>
    public SortedDictionary<string, Measurement?> Rows { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Whole processes.</summary>
    public IReadOnlyList<ProcessRow> Processes { get; init; } = [];

    /// <summary>Reads a file; nothing if there is none.</summary>
    public static Results Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Results>(File.ReadAllText(path)) ?? new Results() : new Results();

    /// <summary>Writes a file.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Options).ReplaceLineEndings("\n") + "\n");

    /// <summary>A row's measurement; null if there is none.</summary>
    public Measurement? Of(string name) => Rows.GetValueOrDefault(name);

    /// <summary>A process's line; null if there is none.</summary>
    public ProcessRow? Process(string name) => Processes.FirstOrDefault(p => p.Name == name);
}
