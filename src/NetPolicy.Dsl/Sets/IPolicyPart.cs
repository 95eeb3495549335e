using System.Diagnostics.CodeAnalysis;

namespace NetPolicy.Dsl;

/// <summary>Something finished that a <see cref="PolicySet"/> can list: a policy, a pair, a host endpoint, a network set, a tier, another set.</summary>
/// <remarks>Only this library has parts; what it has no word for yet is said with <see cref="Syntax.Raw"/>.</remarks>
public interface IPolicyPart
{
    /// <summary>Adds the part's documents and findings.</summary>
    internal void AddTo(Lowering lowering);
}
