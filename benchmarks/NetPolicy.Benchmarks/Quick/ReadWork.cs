using System.Text;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Manifests;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Text in memory to documents.</summary>
public static class ReadWork
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);

    /// <summary>Median time of reading the List that <c>kubectl get -A -o json</c> prints.</summary>
    public static Measurement MeasureJson(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        using MemoryStream text = new();
        WorldFiles.WriteDump(stage.World.Manifests, text);
        stage.ReleaseDocuments();
        return Measure(text.ToArray());
    }

    /// <summary>Median time of reading YAML as a repository keeps it.</summary>
    public static Measurement MeasureYaml(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        byte[] text = Encoding.UTF8.GetBytes(ManifestWriter.ToYaml(stage.World.Manifests));
        stage.ReleaseDocuments();
        return Measure(text);
    }

    private static Measurement Measure(byte[] text)
    {
        long before = Meter.Live();
        ManifestReadResult? read = null;
        Measurement measurement = Meter.Runs(5, Enough, () => read = null, () => read = ManifestReader.Read(text));
        long retained = Meter.Live() - before;
        int count = read!.Manifests.Count;
        return measurement with
        {
            Retained = retained,
            Note = System.FormattableString.Invariant($"{count} documents, {text.Length / 1e6:0.0} MB of text, {text.Length / measurement.Median * 1e3:0} MB/s"),
        };
    }
}
