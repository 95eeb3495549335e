using System.Buffers;
using System.Collections.Frozen;

namespace NetPolicy.Enforce.Simulation;

/// <summary>Words that nft 1.0.6 does not take as the name of a table, chain, set or counter.</summary>
internal static class NftReserved
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-");

    private static readonly FrozenSet<string> Words = (
        "accept add ah all and arp auto-merge bridge cgroup chain comment comp constant continue counter cpu create ct day dccp define delete "
        + "describe device devices dnat drop dst dup dynamic ecn element elements eq esp ether exists expires export exthdr fib flags flow "
        + "flowtable flush frag fwd gc-interval ge get goto gt handle hbh hook hour ibriport ibrname icmp icmpv6 igmp iif iifgroup iifname "
        + "iiftype import include index inet insert interval ip ip6 ipsec jhash jump le limit list log lshift lt map mark masquerade meta meter mh "
        + "missing monitor ne netdev nftrace notrack numgen obriport obrname offload oif oifgroup oifname oiftype or osf pkttype policy position "
        + "priority queue quota random redefine redirect reject rename replace reset return rshift rt rt0 rt2 rtclassid rule ruleset sctp "
        + "secmark set size skgid skuid snat socket srh symhash synproxy table tcp th time timeout tproxy type typeof udp udplite undefine update "
        + "vlan vmap xor xt").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a word can name an object: letters, digits, <c>/ \ _ .</c> and <c>-</c>, a letter or underscore first, no keyword.</summary>
    internal static bool IsName(string word) =>
        word.Length is > 0 and <= 255
        && (char.IsAsciiLetter(word[0]) || word[0] == '_')
        && word.AsSpan().IndexOfAnyExcept(NameCharacters) < 0
        && !Words.Contains(word);
}
