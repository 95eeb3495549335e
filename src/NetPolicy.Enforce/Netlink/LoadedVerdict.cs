using NetPolicy.Enforce.Rules;

namespace NetPolicy.Enforce.Netlink;

/// <summary>Reads verdicts.</summary>
internal static class LoadedVerdict
{
    /// <summary>The verdict; null for one the product never gives.</summary>
    public static RuleVerdict? Read(NetlinkReader reader)
    {
        int? code = null;
        string? chain = null;
        while (reader.MoveNext())
        {
            if (reader.Type == NftAttribute.VerdictCode)
            {
                code = unchecked((int)reader.UInt32);
            }
            else if (reader.Type == NftAttribute.VerdictChain)
            {
                chain = reader.Text;
            }
            else
            {
                return null;
            }
        }

        return (code, chain) switch
        {
            (Nf.VerdictDrop, null) => RuleVerdict.Drop,
            (Nf.VerdictAccept, null) => RuleVerdict.Accept,
            (Nf.VerdictReturn, null) => RuleVerdict.Return,
            (Nf.VerdictJump, { } to) => RuleVerdict.Jump(to),
            (Nf.VerdictGoto, { } to) => RuleVerdict.Goto(to),
            _ => null,
        };
    }
}
