using System.Globalization;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Demo.Output;
using NetPolicy.Demo.Stages;
using NetPolicy.Enforce.Lab;
using NetPolicy.Scenarios;

namespace NetPolicy.Demo;

/// <summary>One run of the demo.</summary>
internal sealed class DemoRun(DemoOptions options)
{
    private readonly TextWriter _output = Console.Out;
    private readonly LabSupport _support = LabSupport.Check();
    private int _flows;
    private bool _agrees = true;

    /// <summary>Runs the chosen scenarios and closes with one line. 0 if everything agrees, 1 if not.</summary>
    public int Run(Func<TimeSpan> elapsed)
    {
        Scenario[] scenarios = [.. Scenarios.Scenarios.All.Where(scenario => options.Scenario is null || scenario.Name == options.Scenario)];
        if (!_support.IsAvailable)
        {
            _output.WriteLine($"No packets are sent and no connections made: {_support.Reason}");
        }

        using SemaphoreSlim processors = new(Environment.ProcessorCount);
        StageProbe probe = new(_support.IsAvailable);
        StageReader reader = new(options.Folder);
        List<(Scenario Scenario, Stage[] Stages)> all = [.. scenarios.Select(scenario => (scenario, reader.Read(scenario).ToArray()))];
        Dictionary<string, Task<IReadOnlyList<LabComparisonRow>>> sockets = all.Where(_ => options.Connections is null)
            .ToDictionary(one => one.Scenario.Name, one => Connect(probe, one.Stages.Single(stage => stage.IsLast)), StringComparer.Ordinal);
        Queue<Task<StageReport>> reports = new(all.SelectMany(one => one.Stages).Select(stage => Probe(probe, stage, processors)));
        foreach ((Scenario scenario, Stage[] stages) in all)
        {
            WriteScenario(scenario, [.. stages.Select(_ => reports.Dequeue())], sockets.GetValueOrDefault(scenario.Name));
        }

        string packets = _support.IsAvailable ? " = packets" : "";
        string agree = _agrees ? Paint.Good($"C# = YAML = engine = nftables{packets} = expected: all agree") : Paint.Bad("not everything agrees");
        _output.WriteLine();
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenarios.Length} {(scenarios.Length == 1 ? "scenario" : "scenarios")}, {_flows:N0} flows, {agree} in {elapsed().TotalSeconds:N0} s"));
        _output.Flush();
        return _agrees ? 0 : 1;
    }

    // Connections mostly wait for answers that do not come, so they get threads of their own.
    private static Task<IReadOnlyList<LabComparisonRow>> Connect(StageProbe probe, Stage stage) =>
        Task.Factory.StartNew(() => probe.Connect(stage), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // In order, as many at a time as there are processors.
    private static async Task<StageReport> Probe(StageProbe probe, Stage stage, SemaphoreSlim processors)
    {
        await processors.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => probe.Run(stage)).ConfigureAwait(false);
        }
        finally
        {
            processors.Release();
        }
    }

    private void WriteScenario(Scenario scenario, IReadOnlyList<Task<StageReport>> reports, Task<IReadOnlyList<LabComparisonRow>>? sockets)
    {
        if (options.Connections is null)
        {
            _output.WriteLine();
            _output.WriteLine(Paint.Strong($"══ {scenario.Name}: {scenario.Title} ".PadRight(98, '═')));
        }

        foreach (Task<StageReport> task in reports)
        {
            StageReport report = task.GetAwaiter().GetResult();
            if (report.Stage.IsLast && sockets is not null)
            {
                report = report with { Sockets = sockets.GetAwaiter().GetResult() };
            }

            _flows += report.Comparison.Rows.Count + report.Sockets.Count;
            _agrees &= report.Agrees;
            if (options.Connections is { } filter)
            {
                WriteConnections(scenario, report, filter);
            }
            else
            {
                Write(report);
            }

            _output.Flush();
        }
    }

    private void WriteConnections(Scenario scenario, StageReport report, ConnectionFilter filter)
    {
        LabComparisonRow[] chosen = [.. report.Comparison.Rows.Where(filter.Matches)];
        if (chosen.Length > 0)
        {
            _output.WriteLine();
            _output.WriteLine(Paint.Strong(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}, {report.Stage.Title}: {chosen.Length:N0} of {report.Comparison.Rows.Count:N0} connections")));
            ConnectionTable.Write(_output, chosen);
        }
    }

    private void Write(StageReport report)
    {
        StageText.Write(_output, report, options);
        if (report.Stage is { Reference.Reference: not null, IsVariant: false })
        {
            DiffLines.Write(_output, report.Stage);
        }

        LintLines.Write(_output, report, options.Folder);
        DraftLines.Write(_output, report);
        SocketLines.Write(_output, report);
    }
}
