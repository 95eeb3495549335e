using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NetPolicy.Collections;

namespace NetPolicy.Dsl;

/// <summary>An address block, IPv4 or IPv6, without some blocks inside it.</summary>
public sealed class IpBlock : Peer
{
    private readonly BlockTerm _term;

    internal IpBlock(BlockTerm term)
        : base([term]) =>
        _term = term;

    internal BlockTerm Block => _term;

    /// <summary>The block without <paramref name="cidr"/>, which must lie inside it and be smaller.</summary>
    public IpBlock Except([StringSyntax("cidr")] string cidr, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(cidr);
        return new IpBlock(_term with { Except = _term.Except.Add(new BlockException(cidr, new LineOutsideEquality(new SourceLine(file, line)))) });
    }
}
