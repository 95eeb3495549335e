using System.Numerics;
using NetPolicy.Addresses;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>A workload at an address in a direction, and its cells by number: they are far too many to be kept.</summary>
internal sealed class TranslationSide
{
    private readonly IpAddress[] _peers;
    private readonly int[] _chosen;
    private readonly TranslationTraffic[] _traffic;

    /// <param name="peers">Peers and traffic.</param>
    /// <param name="endpoint">The workload.</param>
    /// <param name="address">Its address.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="chain">The chain that judges it.</param>
    /// <param name="stride">It is tried towards one peer in so many.</param>
    /// <param name="always">And towards this one.</param>
    /// <param name="isWanted">Peers to try; null for all.</param>
    public TranslationSide(
        TranslationPeers peers, Endpoint endpoint, IpAddress address, Direction direction, string chain, int stride, IpAddress always, Func<IpAddress, bool>? isWanted)
    {
        Policy = new PolicySide(peers.Snapshot, endpoint, address, direction);
        Chain = chain;
        _peers = peers.Of(address.Family);
        _chosen =
        [
            .. Enumerable.Range(0, _peers.Length).Where(p =>
                _peers[p] != address && ((p + endpoint.Index) % stride == 0 || _peers[p] == always) && isWanted?.Invoke(_peers[p]) != false),
        ];
        _traffic = _chosen.Length == 0 ? [] : peers.TrafficOf(Policy.Program, endpoint, address);
    }

    public PolicySide Policy { get; }

    public string Chain { get; }

    /// <summary>How many cells there are.</summary>
    public long Count => (long)_chosen.Length * _traffic.Length;

    /// <summary>A cell.</summary>
    public TranslationCell this[long number] => new(Policy, _peers[_chosen[number / _traffic.Length]], _traffic[number % _traffic.Length]);

    /// <summary>True if every so-and-so-manieth cell meets all traffic alike.</summary>
    public bool IsSpreadBy(long step) => _traffic.Length == 0 || BigInteger.GreatestCommonDivisor(step, _traffic.Length).IsOne;
}
