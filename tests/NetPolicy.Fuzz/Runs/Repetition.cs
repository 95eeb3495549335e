using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Reads files that were found before.</summary>
internal static class Repetition
{
    public static int Run(IReadOnlyList<string> files)
    {
        int broken = 0;
        foreach (string file in files)
        {
            if (Attempt.Try(FuzzInput.Load(file)) is { } seen)
            {
                broken++;
                Console.Out.WriteLine($"{file}: {seen.Kind}\n{seen.Message}\n");
            }
        }

        Console.Out.WriteLine($"{files.Count} inputs, {broken} findings");
        return broken == 0 ? 0 : 1;
    }
}
