using Xunit;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>Tests that change what belongs to the whole process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessEnvironment
{
    /// <summary>The collection's name.</summary>
    public const string Name = "process environment";
}
