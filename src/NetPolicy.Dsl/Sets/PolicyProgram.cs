using System.Text;

namespace NetPolicy.Dsl;

/// <summary>The main method of a program that holds policy sets: writes their YAML, or checks that what is written is up to date.</summary>
/// <remarks>For programs compiled ahead of time, and wherever no tool is at hand: <c>return PolicyProgram.Run(args, Shop.Policies);</c>.</remarks>
public static class PolicyProgram
{
    private const string Usage = "usage: write DIR | check DIR";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Runs <c>write DIR</c>, which writes one file a set, or <c>check DIR</c>, which compares and changes nothing. Findings go to standard error.
    /// </summary>
    /// <returns>0 = done, 1 = a set has errors or a file differs, 2 = wrong arguments.</returns>
    public static int Run(ReadOnlySpan<string> args, params ReadOnlySpan<PolicySet> sets) => Run(args, Console.Out, Console.Error, sets);

    internal static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors, params ReadOnlySpan<PolicySet> sets)
    {
        if (args is not [("write" or "check"), { Length: > 0 }])
        {
            errors.Write($"{Usage}\n");
            return 2;
        }

        int worst = 0;
        foreach (PolicySet set in sets)
        {
            ArgumentNullException.ThrowIfNull(set, nameof(sets));
            foreach (var finding in set.Diagnostics)
            {
                errors.Write($"{finding}\n");
            }

            worst = Math.Max(worst, set.IsValid ? Handle(set, args[0] == "write", args[1], output, errors) : 1);
        }

        return worst;
    }

    private static int Handle(PolicySet set, bool write, string folder, TextWriter output, TextWriter errors)
    {
        int worst = 0;
        foreach (YamlFile file in set.ToFiles(YamlLayout.OneFile))
        {
            string path = Path.Combine(folder, file.Path);
            byte[] bytes = s_utf8.GetBytes(file.Text);
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            {
                output.Write($"{path}: up to date\n");
            }
            else if (write)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, bytes);
                output.Write($"{path}: written\n");
            }
            else
            {
                errors.Write($"{path}: {(File.Exists(path) ? "differs from the policy set" : "is missing")}; run `write {folder}`\n");
                worst = 1;
            }
        }

        return worst;
    }
}
