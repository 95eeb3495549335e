using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using NetPolicy.Benchmarks;

// `--smoke` runs every benchmark once, in this process, on the smallest size: it shows that they work, not how fast they are.
bool smoke = args.Contains("--smoke");
string[] rest = [.. args.Where(a => a != "--smoke")];
if (smoke)
{
    Environment.SetEnvironmentVariable(WorkloadSize.SmokeVariable, "1");
    rest = ["--filter", "*"];
}

IConfig config = smoke
    ? ManualConfig.Create(DefaultConfig.Instance)
        .AddJob(Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance))
        .WithOptions(ConfigOptions.DisableLogFile)
    : DefaultConfig.Instance;
BenchmarkDotNet.Reports.Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(WorkloadSize).Assembly).Run(rest, config)];
return summaries.Length > 0 && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
