using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Worlds;

namespace NetPolicy.Benchmarks.Classes;

/// <summary>Adds what an index retains when the documents are released: in all, for each pod and for each policy.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RetainedColumnAttribute() : ColumnConfigBaseAttribute(
    new RetainedColumn("Retained", static (bytes, _) => bytes),
    new RetainedColumn("Per pod", static (bytes, world) => (double)bytes / world.Pods),
    new RetainedColumn("Per policy", static (bytes, world) => (double)bytes / world.Policies))
{
    private sealed class RetainedColumn(string name, Func<long, (int Pods, int Policies), double> part) : IColumn
    {
        private static readonly ConcurrentDictionary<string, (long Bytes, (int Pods, int Policies) World)> Known = new(StringComparer.Ordinal);

        public string Id => "NetPolicy." + name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Metric;

        public int PriorityInCategory => 10;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Size;

        public string Legend => "bytes that stay reachable when the documents are released: " + name;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        // Measured here, once for each world and size, because a process that runs a benchmark reports times and allocations only.
        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            WorldSize size = (WorldSize)benchmarkCase.Parameters[nameof(WorldBenchmark.Size)];
            string world = ((WorldBenchmark)Activator.CreateInstance(benchmarkCase.Descriptor.Type)!).WorldName;
            (long bytes, (int, int) counts) = Known.GetOrAdd($"{world} {size}", _ => Measure(world, size));
            return Units.Bytes(part(bytes, counts));
        }

        private static (long Bytes, (int Pods, int Policies) World) Measure(string world, WorldSize size)
        {
            Stage stage = new(world, size);
            (int, int) counts = (stage.World.Pods, stage.World.Policies);
            stage.ReleaseDocuments();
            return (IndexWork.Retained(stage), counts);
        }
    }
}
