using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace NetPolicy.Conformance;

/// <summary>
/// Compiles a project once, and then only the method that a mutation changes: what the runtime needs to change that method in a process that has not run it yet.
/// This takes a tenth of the time of a library, and is not possible for every change.
/// </summary>
internal sealed class DeltaCompiler
{
    private readonly CSharpCompilation _compilation;
    private readonly EmitBaseline _baseline;
    private readonly Dictionary<string, SyntaxTree> _trees;

    private DeltaCompiler(CSharpCompilation compilation, byte[] library)
    {
        _compilation = compilation;
        _trees = compilation.SyntaxTrees.Where(tree => File.Exists(tree.FilePath)).ToDictionary(tree => tree.FilePath, StringComparer.Ordinal);
        Library = library;
        PEReader reader = new([.. library]);
        MetadataReader metadata = reader.GetMetadataReader();
        _baseline = EmitBaseline.CreateInitialBaseline(
            compilation,
            ModuleMetadata.CreateFromImage(library.ToImmutableArray()),
            _ => default,
            method => metadata.GetMethodDefinition(method).RelativeVirtualAddress is var address and not 0 ? reader.GetMethodBody(address).LocalSignature : default,
            hasPortableDebugInformation: true);
    }

    /// <summary>The unchanged library, which is what can be changed while it runs.</summary>
    public byte[] Library { get; }

    /// <summary>Compiles the project; null if that fails.</summary>
    public static DeltaCompiler? Of(string folder, IEnumerable<string> arguments)
    {
        CSharpCommandLineArguments parsed = CSharpCommandLineParser.Default.Parse(arguments, folder, sdkDirectory: null);
        Loader loader = new();
        SyntaxTree[] trees =
        [
            .. parsed.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(file.Path), Encoding.UTF8), parsed.ParseOptions, file.Path)),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(parsed.OutputFileName),
            trees,
            parsed.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            parsed.CompilationOptions.WithOptimizationLevel(OptimizationLevel.Debug).WithConcurrentBuild(false));
        ISourceGenerator[] generators =
        [
            .. parsed.AnalyzerReferences.SelectMany(reference => new AnalyzerFileReference(reference.FilePath, loader).GetGenerators(LanguageNames.CSharp)),
        ];
        CSharpGeneratorDriver.Create(generators, parseOptions: parsed.ParseOptions).RunGeneratorsAndUpdateCompilation(compilation, out Compilation complete, out _);
        using MemoryStream library = new();
        return complete.Emit(library).Success ? new DeltaCompiler((CSharpCompilation)complete, library.ToArray()) : null;
    }

    /// <summary>Writes the change of one method beside <paramref name="output"/>; false if the mutation is not that, or does not compile so.</summary>
    public bool TryWrite(string file, string find, string put, string output)
    {
        if (!_trees.TryGetValue(file, out SyntaxTree? before))
        {
            return false;
        }

        SourceText text = before.GetText();
        TextSpan span = new(text.ToString().IndexOf(find, StringComparison.Ordinal), find.Length);
        SyntaxTree after = before.WithChangedText(text.WithChanges(new TextChange(span, put)));
        if (BodyAround(before.GetRoot(), span) is not { } old
            || after.GetRoot().DescendantNodes().FirstOrDefault(node => node.SpanStart == old.SpanStart && node.RawKind == old.RawKind) is not { } changed
            || Members(before) != Members(after)
            || old.DescendantNodes().Concat(changed.DescendantNodes()).Any(node => node is YieldStatementSyntax or AwaitExpressionSyntax))
        {
            return false;
        }

        CSharpCompilation mutated = _compilation.ReplaceSyntaxTree(before, after);
        if (MethodOf(_compilation.GetSemanticModel(before), old) is not { } oldMethod || MethodOf(mutated.GetSemanticModel(after), changed) is not { } newMethod)
        {
            return false;
        }

        using FileStream metadata = File.Create(output + ".metadata"), il = File.Create(output + ".il");
        using MemoryStream symbols = new();
        try
        {
            return mutated.EmitDifference(_baseline, [new SemanticEdit(SemanticEditKind.Update, oldMethod, newMethod)], _ => false, metadata, il, symbols).Success;
        }
        catch (NullReferenceException)
        {
            // The compiler's own, on some changes of methods with local types; a whole build judges those.
            return false;
        }
    }

    private static int Members(SyntaxTree tree) => tree.GetRoot().DescendantNodes().Count(node => node is MemberDeclarationSyntax or AccessorDeclarationSyntax);

    // The method, accessor or property whose body holds the text; null if it is elsewhere.
    private static SyntaxNode? BodyAround(SyntaxNode root, TextSpan span)
    {
        SyntaxNode? owner = root.FindNode(span).AncestorsAndSelf().FirstOrDefault(node => node is MemberDeclarationSyntax or AccessorDeclarationSyntax);
        (SyntaxNode? block, SyntaxNode? expression) = owner switch
        {
            BaseMethodDeclarationSyntax method => ((SyntaxNode?)method.Body, (SyntaxNode?)method.ExpressionBody),
            AccessorDeclarationSyntax accessor => (accessor.Body, accessor.ExpressionBody),
            PropertyDeclarationSyntax property => (null, property.ExpressionBody),
            IndexerDeclarationSyntax indexer => (null, indexer.ExpressionBody),
            _ => (null, null),
        };
        return (block ?? expression)?.Span.Contains(span) == true ? owner : null;
    }

    private static IMethodSymbol? MethodOf(SemanticModel model, SyntaxNode declaration) => model.GetDeclaredSymbol(declaration) switch
    {
        IMethodSymbol method => method,
        IPropertySymbol property => property.GetMethod,
        _ => null,
    };

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
