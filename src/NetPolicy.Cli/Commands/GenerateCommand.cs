using System.CommandLine;
using System.Text;
using NetPolicy.Cli.Input;

namespace NetPolicy.Cli.Commands;

/// <summary><c>netpol generate</c>: the YAML of the policy sets that an assembly marks with <c>[GenerateYaml]</c>.</summary>
internal static class GenerateCommand
{
    private const string StandardOutput = "-";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create()
    {
        Option<string> folder = new("--out")
        {
            Description = "The folder that paths of [GenerateYaml] are relative to; - writes all documents to standard output.",
            DefaultValueFactory = _ => ".",
        };
        Option<bool> check = new("--check") { Description = "Change nothing; exit 1 if a file is missing or not what the assembly says." };
        Argument<string> assembly = new("ASSEMBLY") { Description = "The compiled policies, a .dll with its dependencies beside it. Its code is run." };
        Command command = new("generate", "Writes the YAML of an assembly's policy sets, those marked with [GenerateYaml].") { folder, check, assembly };
        command.SetAction(parsed =>
        {
            string output = parsed.GetValue(folder)!;
            using PolicyAssembly loaded = PolicyAssembly.Load(parsed.GetValue(assembly)!);
            IReadOnlyList<GeneratedSet> sets = loaded.Sets();
            foreach (string finding in sets.SelectMany(s => s.Findings))
            {
                Console.Error.WriteLine(finding);
            }

            if (sets.FirstOrDefault(s => !s.IsValid) is { } invalid)
            {
                Console.Error.WriteLine($"netpol: `{invalid.Member}` has errors, nothing was written");
                return ExitCode.Findings;
            }

            if (output == StandardOutput)
            {
                Console.Out.Write(string.Join("---\n", sets.SelectMany(s => s.Files).Select(f => f.Text).Where(t => t.Length > 0)));
                return ExitCode.Fine;
            }

            return Write(Targets(sets, output), parsed.GetValue(check));
        });
        return command;
    }

    // Where each file belongs; all are known to be sound before the first is written.
    private static SortedDictionary<string, string> Targets(IReadOnlyList<GeneratedSet> sets, string folder)
    {
        SortedDictionary<string, string> targets = new(StringComparer.Ordinal);
        string root = Path.GetFullPath(folder);
        foreach (GeneratedSet set in sets)
        {
            foreach ((string path, string text) in set.Files)
            {
                string target = Path.GetFullPath(Path.Combine(root, set.Folder, path));
                string relative = Path.GetRelativePath(root, target);
                if (Path.IsPathRooted(relative) || relative.Split('/', '\\')[0] == "..")
                {
                    throw new UnusableException($"`{set.Member}` writes to `{set.Folder}`, expected a folder inside the output folder");
                }

                if (!targets.TryAdd(Path.Combine(folder == "." ? "" : folder, relative), text))
                {
                    throw new UnusableException($"two policy sets write `{relative.Replace('\\', '/')}`, expected one; `{set.Member}` is one of them");
                }
            }
        }

        return targets;
    }

    private static int Write(SortedDictionary<string, string> targets, bool check)
    {
        int code = ExitCode.Fine;
        foreach ((string path, string text) in targets)
        {
            try
            {
                byte[] bytes = s_utf8.GetBytes(text);
                bool exists = File.Exists(path);
                bool same = exists && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);
                if (!same && !check)
                {
                    string folder = Path.GetDirectoryName(path)!;
                    _ = folder.Length > 0 ? Directory.CreateDirectory(folder) : null;
                    File.WriteAllBytes(path, bytes);
                }

                code = same || !check ? code : ExitCode.Findings;
                Console.Out.WriteLine($"{path.Replace('\\', '/')}: {(same ? "up to date" : !check ? "written" : exists ? "differs" : "missing")}");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new UnusableException($"`{path}` cannot be written: {refused.Message}");
            }
        }

        return code;
    }
}
