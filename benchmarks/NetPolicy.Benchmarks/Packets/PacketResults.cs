using System.Text.Json;
using NetPolicy.Benchmarks.Report;

namespace NetPolicy.Benchmarks.Packets;

/// <summary>What packets, the first load and changes cost, as kept in a file beside the benchmarks.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Rounds">Rounds in which all cells were measured in turn.</param>
/// <param name="Packets">Packets of each cell in each round.</param>
/// <param name="Cells">Each kind of packet under each ruleset.</param>
/// <param name="Load">The first load of a large node.</param>
/// <param name="Changes">Changes of that node.</param>
/// <param name="Render">Nanoseconds to the text of a node with 250,000 members in 2,000 policies.</param>
public sealed record PacketResults(Machine Machine, string Kernel, int Rounds, int Packets, IReadOnlyList<PacketCell> Cells, NodeLoad Load, IReadOnlyList<NodeChange> Changes, double Render)
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>Reads a file; null if there is none.</summary>
    public static PacketResults? Read(string path) => File.Exists(path) ? JsonSerializer.Deserialize<PacketResults>(File.ReadAllText(path)) : null;

    /// <summary>Writes a file.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Options).ReplaceLineEndings("\n") + "\n");

    /// <summary>A cell.</summary>
    public PacketCell Of(string rules, string packet) => Cells.Single(c => c.Rules == rules && c.Packet == packet);
}
