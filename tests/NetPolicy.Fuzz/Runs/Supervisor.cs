using System.Diagnostics;
using System.Globalization;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Starts the process that reads, and tells what it was reading if it dies: a stack that overflows cannot be caught inside.</summary>
internal static class Supervisor
{
    public static int Run(FuzzOptions options, string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Supervisor).Assembly.Location);
        }

        start.ArgumentList.Add("--worker");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process worker = Process.Start(start)!;
        worker.WaitForExit();
        if (worker.ExitCode is 0 or 1)
        {
            return worker.ExitCode;
        }

        if (CurrentInput.Left(options.Out) is { } number)
        {
            FuzzInput input = new InputMaker(Seeds.Load(Seeds.FindRoot()), options.Seed).Make(number);
            string story = $"the process ended with code {worker.ExitCode}";
            string file = new FindingFolder(options.Out).Save(input, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}-died"), story);
            Console.Out.WriteLine($"finding {file}: {story}");
        }

        Console.Out.WriteLine($"fuzz: the reading process ended with code {worker.ExitCode}");
        return 1;
    }
}
