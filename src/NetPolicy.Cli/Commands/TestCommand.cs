using System.CommandLine;
using NetPolicy.Analysis.Expectations;
using NetPolicy.Cli.Input;
using NetPolicy.Cli.Output;
using NetPolicy.Engine;
using NetPolicy.Manifests.Expectations;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol test</c>: runs the Expectation documents found.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        Option<string> staged = CommonOptions.Staged();
        Option<string> hostInput = CommonOptions.HostInput();
        Argument<string[]> paths = CommonOptions.Paths();
        Command command = new("test", "Runs the Expectation documents found: which flows must pass and which must fail.") { staged, hostInput, paths };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths)!, CommonOptions.ToEngineOptions(parsed.GetValue(staged), parsed.GetValue(hostInput))));
        return command;
    }

    private static int Run(IReadOnlyList<string> paths, EngineOptions options)
    {
        int passed = 0, failed = 0, unusable = 0;
        foreach (ExpectationFile file in ExpectationFile.Find(paths))
        {
            IReadOnlyList<ExpectedWorld> worlds;
            try
            {
                worlds = file.Worlds();
            }
            catch (Exception error) when (error is ExpectationException or UnusableException)
            {
                Console.Error.WriteLine($"netpol: {error.Message}");
                unusable++;
                continue;
            }

            foreach (ExpectationResult result in worlds.SelectMany(w => ExpectationRunner.Run(w, options)))
            {
                if (result.Passed)
                {
                    passed++;
                    continue;
                }

                failed++;
                Report(file, result);
            }
        }

        Console.Out.WriteLine($"{passed} passed, {failed} failed");
        return unusable > 0 ? ExitCode.Unusable : failed > 0 ? ExitCode.Findings : ExitCode.Fine;
    }

    private static void Report(ExpectationFile file, ExpectationResult result)
    {
        Console.Out.WriteLine($"{Paint.Bad("failed")}  {file.Path}: {result.World}: {result.What}");
        foreach (ExpectationFailure failure in result.Failures)
        {
            Console.Out.WriteLine($"  {failure.Message}");
            if (failure.Explanation is { } explanation)
            {
                ExplanationText.WriteEnds(Console.Out, explanation.Evaluation);
            }
        }
    }
}
