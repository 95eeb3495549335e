using System.Runtime.CompilerServices;

namespace NetPolicy.Dsl;

/// <summary>A policy on its way: what every dialect can say of one at any point of its sentence.</summary>
/// <typeparam name="TStage">The stage itself.</typeparam>
/// <typeparam name="TPolicy">What a finished rule yields.</typeparam>
public abstract class PolicyStage<TStage, TPolicy> : IRuleTarget<TPolicy>
{
    private protected PolicyStage(PolicyLink chain) => Chain = chain;

    internal PolicyLink Chain { get; }

    PolicyLink IRuleTarget<TPolicy>.Chain => Chain;

    /// <summary>Puts labels on the policy itself.</summary>
    public TStage Labelled(LabelPairs labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Continue(new LabelsLink(Chain, labels));
    }

    /// <summary>Puts an annotation on the policy itself.</summary>
    public TStage Annotated(string key, string value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return Continue(new AnnotationLink(Chain, key, value, new SourceLine(file, line)));
    }

    TPolicy IRuleTarget<TPolicy>.Finish(PolicyLink chain) => Finish(chain);

    internal abstract TStage Continue(PolicyLink chain);

    internal abstract TPolicy Finish(PolicyLink chain);
}
