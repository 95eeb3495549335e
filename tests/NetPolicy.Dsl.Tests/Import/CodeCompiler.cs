using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetPolicy.Dsl.Analyzers;
using NetPolicy.Dsl.Tests.Refusals;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace NetPolicy.Dsl.Tests.Import;

/// <summary>Compiles generated classes, as a user's project would, and asks each for its set.</summary>
internal static class CodeCompiler
{
    private static readonly CSharpParseOptions s_language = new(LanguageVersion.Preview);

    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error);

    /// <summary>The sets of classes, each by the full name of its class, compiled together with every warning an error.</summary>
    public static IReadOnlyList<PolicySet> Sets(IReadOnlyList<(string Class, string Code)> classes)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Imported", classes.Select(c => CSharpSyntaxTree.ParseText(c.Code, s_language, $"{c.Class}.cs")), SnippetCompiler.References, s_options);
        using MemoryStream image = new();
        var emitted = compilation.Emit(image);
        if (!emitted.Success)
        {
            Diagnostic first = emitted.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
            Assert.Fail($"{first.GetMessage(CultureInfo.InvariantCulture)} at {first.Location.GetLineSpan()} in\n{first.Location.SourceTree}");
        }

        Assert.Empty(compilation.WithAnalyzers([new DroppedPolicyAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
        image.Position = 0;
        AssemblyLoadContext context = new("imported", isCollectible: true);
        Assembly assembly = context.LoadFromStream(image);
        PolicySet[] sets = [.. classes.Select(c => (PolicySet)Property(assembly.GetType(c.Class, throwOnError: true)!).GetValue(null)!)];
        context.Unload();
        return sets;
    }

    /// <summary>The set of one class.</summary>
    public static PolicySet Set(string className, string code) => Sets([(className, code)])[0];

    private static PropertyInfo Property(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Static).Single(p => p.PropertyType == typeof(PolicySet));
}
