using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NetPolicy.Dsl.Tests.Refusals;

/// <summary>Compiles statements against the language, with one shared set of references.</summary>
internal static class SnippetCompiler
{
    /// <summary>What every snippet may refer to.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Collections.dll" or "System.Linq.dll" or "netstandard.dll"
                or "NetPolicy.Core.dll" or "NetPolicy.Dsl.dll")
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.Preview);

    private static readonly CSharpCompilationOptions s_options = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    private static readonly SyntaxTree s_handles = CSharpSyntaxTree.ParseText(
        """
        global using System.Collections.Generic;
        global using System.Linq;
        global using NetPolicy.Dsl;
        global using static NetPolicy.Dsl.Syntax;
        global using static Handles;

        public static class Handles
        {
            public static readonly LabelKey App = Label("app");
            public static readonly NamespaceRef Shop = Namespace("shop");
            public static readonly Workload Web = Shop.Workload("web", App.Is("web")), Api = Shop.Workload("api", App.Is("api"));
            public static readonly HostEndpointGroup Hosts = HostEndpoints(App == "host");
            public static readonly NetworkSet Blocklist = GlobalNetworkSet("blocked").Labelled(App.Is("blocked")).Containing(Cidr("192.0.2.0/24"));
            public static readonly Tier Security = Tier("security");
            public static readonly ServicePort Front = ServicePort(80, Tcp(3000));
            public static void Set(params System.ReadOnlySpan<IPolicyPart> parts) => _ = PolicySet.Define("set", parts);
        }
        """,
        s_language);

    /// <summary>Errors of a method whose body is <paramref name="statements"/>.</summary>
    public static IReadOnlyList<Diagnostic> Errors(string statements) => Errors(Compile(statements).GetDiagnostics());

    /// <summary>What the analyzer says of the same method, which must compile.</summary>
    public static IReadOnlyList<Diagnostic> Analyze(string statements, DiagnosticAnalyzer analyzer)
    {
        CSharpCompilation compilation = Compile(statements);
        IReadOnlyList<Diagnostic> errors = Errors(compilation.GetDiagnostics());
        return errors.Count > 0
            ? throw new InvalidOperationException($"does not compile: {string.Join('\n', errors)}")
            : compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
    }

    private static CSharpCompilation Compile(string statements) =>
        CSharpCompilation.Create(
            "Snippet",
            [s_handles, CSharpSyntaxTree.ParseText($"public static class Snippet\n{{\n    public static void Run(bool dev)\n    {{\n{statements}\n    }}\n}}", s_language)],
            References,
            s_options);

    private static IReadOnlyList<Diagnostic> Errors(ImmutableArray<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)];
}
