using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using NetPolicy.Benchmarks.Classes;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Worlds;

return args.FirstOrDefault() switch
{
    "quick" => Quick(args[1..]),
    "check" => Check(),
    "worlds" => WriteWorlds(args[1..]),
    _ => Classes(args),
};

// One line for each workload, each in a process of its own with a time limit.
static int Quick(string[] arguments)
{
    double scale = Number(arguments, "--scale", 1), limit = Number(arguments, "--limit", 30);
    string[] names = Plain(arguments);
    if (arguments.Contains("--list"))
    {
        Console.WriteLine(string.Join('\n', Rows.All.Select(r => $"{r.Name,-26} {r.What}")));
        return 0;
    }

    IReadOnlyList<Row> rows = arguments.Contains("--exactly") ? [.. Rows.All.Where(r => names.Contains(r.Name))] : names.Length == 0 ? Rows.Tables : QuickRun.Select(Rows.All, names);
    if (arguments.Contains("--here"))
    {
        return QuickRun.RunHere(rows, scale);
    }

    Console.WriteLine(QuickRun.Header);
    foreach (QuickResult result in new QuickRun(scale, TimeSpan.FromSeconds(limit)).Run(rows))
    {
        Console.WriteLine(result.Line);
    }

    return rows.Count > 0 ? 0 : 2;
}

// W1 against the profile that it follows.
static int Check()
{
    (IReadOnlyList<string> lines, bool isWithin) = ProfileFigures.Check(RealProfile.Make(new WorldSize()));
    Console.WriteLine($"{"W1",-45} {"is",10} {"profile",10}");
    Console.WriteLine(string.Join('\n', lines));
    return isWithin ? 0 : 1;
}

// worlds FOLDER NAME...: worlds as files.
static int WriteWorlds(string[] arguments)
{
    double scale = Number(arguments, "--scale", 1);
    string[] plain = Plain(arguments);
    if (plain.Length < 2 || plain[1..].Except(WorldCatalog.Names).Any())
    {
        Console.Error.WriteLine("usage: worlds FOLDER NAME... [--scale S]; names are " + string.Join(", ", WorldCatalog.Names));
        return 2;
    }

    foreach (string name in plain[1..])
    {
        int files = WorldFiles.Write(WorldCatalog.Make(name, new WorldSize(scale)), plain[0]).Count();
        Console.WriteLine($"{name}: {files} files");
    }

    return 0;
}

// The classes for BenchmarkDotNet. Each invocation is long, so each is an iteration. `--smoke` runs every benchmark once, in this process, on the smallest size: it shows that they work, not how fast they are.
static int Classes(string[] arguments)
{
    bool smoke = arguments.Contains("--smoke");
    string[] rest = [.. arguments.Where(a => a != "--smoke")];
    if (smoke)
    {
        Environment.SetEnvironmentVariable(WorkloadSize.SmokeVariable, "1");
        rest = ["--filter", "*"];
    }

    IConfig config = smoke
        ? ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance))
            .WithOptions(ConfigOptions.DisableLogFile)
        : ManualConfig.Create(DefaultConfig.Instance)
            .AddColumn(BenchmarkDotNet.Columns.StatisticColumn.Median)
            .AddJob(Job.Default.WithStrategy(RunStrategy.Monitoring).WithWarmupCount(2).WithIterationCount(7).AsDefault());
    BenchmarkDotNet.Reports.Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(WorkloadSize).Assembly).Run(rest, config)];
    return summaries.Length > 0 && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
}

static double Number(string[] arguments, string name, double otherwise) =>
    Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length
        ? double.Parse(arguments[at + 1], CultureInfo.InvariantCulture)
        : otherwise;

static string[] Plain(string[] arguments) =>
    [.. arguments.Where((a, i) => !a.StartsWith("--", StringComparison.Ordinal) && (i == 0 || arguments[i - 1] is not ("--scale" or "--limit")))];
