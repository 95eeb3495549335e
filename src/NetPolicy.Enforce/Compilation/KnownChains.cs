using System.Runtime.InteropServices;
using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Chains of earlier compilations: one that says the same is the same object, which whoever compares sees at once.</summary>
internal sealed class KnownChains
{
    private readonly Dictionary<string, RuleChain> _chains = new(StringComparer.Ordinal);

    /// <summary>The same chains, as the objects that they were before.</summary>
    public List<RuleChain> Keep(List<RuleChain> chains)
    {
        foreach (ref RuleChain chain in CollectionsMarshal.AsSpan(chains))
        {
            ref RuleChain? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_chains, chain.Name, out _);
            if (known is not null && (ReferenceEquals(known, chain) || known.Equals(chain)))
            {
                chain = known;
            }
            else
            {
                known = chain;
            }
        }

        return chains;
    }

    /// <summary>Forgets chains that are no more.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="chains">All there are.</param>
    public void Forget(int count, IEnumerable<RuleChain> chains)
    {
        if (_chains.Count > (2 * count) + 64)
        {
            _chains.Clear();
            foreach (RuleChain chain in chains)
            {
                _chains[chain.Name] = chain;
            }
        }
    }
}
