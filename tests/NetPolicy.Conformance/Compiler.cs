using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace NetPolicy.Conformance;

/// <summary>
/// Compiles one project as its build does, but into another file, and without what costs time and changes nothing that runs: analysis, nullability, optimisation.
/// A compile server of its own serves one run.
/// </summary>
internal sealed class Compiler
{
    private static readonly string[] Dropped = ["/out:", "/doc:", "/refout:", "/debug", "/warnaserror", "/embed", "/noconfig", "/analyzerconfig:", "/warn:", "/nullable", "/optimize"];
    private static readonly string[] GeneratorWords = ["[GeneratedRegex", "[LibraryImport", "[JsonSerializable"];
    private static readonly string ServerName = $"netpolicy-conformance-{Environment.ProcessId}";

    private readonly string _compiler;
    private readonly string[] _arguments;

    private Compiler(string compiler, string[] arguments, DeltaCompiler? deltas)
    {
        _compiler = compiler;
        _arguments = arguments;
        Deltas = deltas;
    }

    /// <summary>Compiles single methods; null if the whole project did not compile so.</summary>
    public DeltaCompiler? Deltas { get; }

    /// <summary>Asks the build how it would compile the project.</summary>
    public static async Task<Compiler> Of(string root, string project)
    {
        (int Code, string Output)? answer = await Commands.Run(
            root,
            TimeSpan.FromMinutes(5),
            [
                "msbuild", $"src/{project}/{project}.csproj", "-t:Compile", "-p:Configuration=Release", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true",
                "-p:BuildProjectReferences=false", "-p:NonExistentFile=__none__", "-getItem:CscCommandLineArgs", "-getProperty:RoslynTargetsPath",
            ]);
        if (answer is not { Code: 0 } done)
        {
            throw new InvalidOperationException($"the build does not say how it compiles {project}: {answer?.Output}");
        }

        using JsonDocument json = JsonDocument.Parse(done.Output);
        string[] arguments =
        [
            .. json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!),
        ];
        string folder = json.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!;
        bool generates = Directory.GetFiles(Path.Combine(root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file) is var text && GeneratorWords.Any(word => text.Contains(word, StringComparison.Ordinal)));
        string[] kept = [.. arguments.Where(a => !Dropped.Any(d => a.StartsWith(d, StringComparison.Ordinal)) && (!a.StartsWith("/analyzer:", StringComparison.Ordinal) || (generates && a.Contains("Generat", StringComparison.Ordinal))))];
        string tools = Path.Combine(folder, "bincore");
        AssemblyLoadContext.Default.Resolving += (_, name) => Path.Combine(tools, name.Name + ".dll") is var path && File.Exists(path) ? Assembly.LoadFrom(path) : null;
        return new Compiler(Path.Combine(tools, "csc.dll"), kept, DeltasOf(Path.Combine(root, "src", project), [.. kept, $"/out:{project}.dll"]));
    }

    /// <summary>Compiles the sources in <paramref name="folder"/>; the first error, or null if there was none.</summary>
    public async Task<string?> Compile(string folder, string output)
    {
        string response = output + ".rsp";
        await File.WriteAllLinesAsync(response, [.. _arguments, "/warn:0", "/debug-", $"/out:\"{output}\""]);
        (int Code, string Output)? answer = await Commands.Run(folder, TimeSpan.FromMinutes(20), [_compiler, $"-shared:{ServerName}", "-keepalive:60", "-noconfig", "@" + response]);
        return answer is not { } done ? "the compiler did not finish"
            : done.Code == 0 ? null
            : done.Output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? done.Output.Trim();
    }

    // Apart, because what it names can be found only now.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static DeltaCompiler? DeltasOf(string folder, string[] arguments) => DeltaCompiler.Of(folder, arguments);
}
