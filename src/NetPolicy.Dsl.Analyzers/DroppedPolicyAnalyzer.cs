using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace NetPolicy.Dsl.Analyzers;

/// <summary>
/// NPD001: a statement that makes a policy, or part of one, and drops it. Policies are values; one that no set lists has no effect.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DroppedPolicyAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The id of what is reported.</summary>
    public const string Id = "NPD001";

    private const string DslNamespace = "NetPolicy.Dsl";
    private const string PartInterface = "IPolicyPart";

    private static readonly DiagnosticDescriptor s_dropped = new(
        Id,
        title: "Policy is dropped",
        messageFormat: "the policy is dropped: this statement makes a `{0}` that nothing uses; list it in a PolicySet, or return or assign it",
        category: "NetPolicy",
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Policies are immutable values. A statement that only makes one changes nothing. See docs/diagnostics/NPD001.md.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_dropped];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Check, OperationKind.ExpressionStatement);
    }

    private static void Check(OperationAnalysisContext context)
    {
        IOperation value = ((IExpressionStatementOperation)context.Operation).Operation;
        if (value is not IAssignmentOperation and not IIncrementOrDecrementOperation && value.Type is { } type && IsUnused(type))
        {
            context.ReportDiagnostic(Diagnostic.Create(s_dropped, value.Syntax.GetLocation(), type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
        }
    }

    private static bool IsUnused(ITypeSymbol type) =>
        IsOfDsl(type) && (type.Name == PartInterface || type.Name.Contains("Without"))
        || type.AllInterfaces.Any(i => i.Name == PartInterface && IsOfDsl(i))
        || type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsUnused);

    private static bool IsOfDsl(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() == DslNamespace;
}
