using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using NetPolicy.Benchmarks.Classes;
using NetPolicy.Benchmarks.Packets;
using NetPolicy.Benchmarks.Quick;
using NetPolicy.Benchmarks.Report;
using NetPolicy.Benchmarks.Worlds;

return args.FirstOrDefault() switch
{
    "quick" => Quick(args[1..]),
    "check" => Check(),
    "report" => Report(args[1..]),
    "packets" => Packets(args[1..]),
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
    if (rows.Count == 0)
    {
        Console.Error.WriteLine("no row has that name; `quick --list` names them");
        return 2;
    }

    if (arguments.Contains("--here"))
    {
        return QuickRun.RunHere(rows, scale);
    }

    Console.WriteLine(QuickRun.Header);
    foreach (QuickResult result in new QuickRun(scale, TimeSpan.FromSeconds(limit)).Run(rows))
    {
        Console.WriteLine(result.Line);
    }

    return 0;
}

// W1 against the profile that it follows.
static int Check()
{
    IReadOnlyList<ProfileFigures.Figure> figures = ProfileFigures.Of(RealProfile.Make(new WorldSize()));
    Console.WriteLine($"{"W1",-45} {"is",10} {"profile",10}");
    Console.WriteLine(string.Join('\n', figures));
    return figures.All(f => f.IsWithin) ? 0 : 1;
}

// report [NAME...] --root FOLDER: measures, and writes the page about it.
static int Report(string[] arguments)
{
    ReportRun run = new(
        Text(arguments, "--root") ?? ".",
        TimeSpan.FromSeconds(Number(arguments, "--limit", 30)),
        TimeSpan.FromSeconds(Number(arguments, "--budget", 600)));
    if (arguments.Contains("--page-only"))
    {
        run.WritePage();
        return 0;
    }

    if (arguments.Contains("--is-written"))
    {
        bool written = run.IsWritten();
        Console.WriteLine(written ? "the page says what was measured" : "docs/benchmarks.md is not what benchmarks/results.json says; benchmarks/report.sh --page-only writes it");
        return written ? 0 : 1;
    }

    string[] names = Plain(arguments);
    return run.Measure(QuickRun.Select(Rows.All, names), names.Length == 0 && !arguments.Contains("--no-processes"));
}

// packets [--rounds N] [--packets N] [--root FOLDER]: what a packet costs the kernel, in network namespaces; needs root. With a root, figures are kept and the page is written.
static int Packets(string[] arguments)
{
    PacketResults results = PacketRun.Measure((int)Number(arguments, "--rounds", 200), (int)Number(arguments, "--packets", 8192));
    Console.WriteLine(string.Join('\n', PacketRun.Lines(results)));
    if (Text(arguments, "--root") is { } root)
    {
        results.Write(Path.Combine(root, "benchmarks", "packets.json"));
        new ReportRun(root, default, default).WritePage();
    }

    return 0;
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
    Text(arguments, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

static string? Text(string[] arguments, string name) =>
    Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

static string[] Plain(string[] arguments) =>
[
    .. arguments.Where((a, i) => !a.StartsWith("--", StringComparison.Ordinal) && (i == 0 || arguments[i - 1] is not ("--scale" or "--limit" or "--budget" or "--root" or "--rounds" or "--packets"))),
];
