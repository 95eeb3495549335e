using System.Text;
using BenchmarkDotNet.Attributes;
using NetPolicy.Manifests;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Text to documents.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private byte[] _yaml = [];
    private byte[] _json = [];

    /// <summary>Sizes.</summary>
    public static IEnumerable<WorkloadSize> Sizes => WorkloadSize.Sweep(PolicyShape.Selectors);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Sizes))]
    public WorkloadSize Size { get; set; } = null!;

    /// <summary>Writes the texts.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _yaml = Encoding.UTF8.GetBytes(ManifestWriter.ToYaml(Workload.Of(Size)));
        _json = Encoding.UTF8.GetBytes(ManifestWriter.ToJson(Workload.Of(Size)));
    }

    /// <summary>YAML.</summary>
    [Benchmark]
    public ManifestReadResult Yaml() => ManifestReader.Read(_yaml);

    /// <summary>JSON.</summary>
    [Benchmark]
    public ManifestReadResult Json() => ManifestReader.Read(_json);
}
