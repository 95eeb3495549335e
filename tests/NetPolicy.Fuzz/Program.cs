using NetPolicy.Fuzz;
using NetPolicy.Fuzz.Runs;

try
{
    FuzzOptions options = FuzzOptions.Parse(args);
    return options.Repeat.Count > 0 ? Repetition.Run(options.Repeat)
        : options.IsWorker ? Worker.Run(options)
        : Supervisor.Run(options, args);
}
catch (FormatException usage)
{
    Console.Error.WriteLine(usage.Message);
    return 2;
}
