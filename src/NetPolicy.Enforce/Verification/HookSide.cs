using System.Numerics;
using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>A host endpoint in a stage, at an interface, and its cells by number.</summary>
internal sealed class HookSide
{
    private readonly IpAddress[] _peers;
    private readonly IpAddress[] _own;
    private readonly TranslationTraffic[] _traffic;
    private readonly HookPacket _example;

    /// <param name="host">The host endpoint.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="chain">The chain of the class, without version.</param>
    /// <param name="example">A packet in that stage, at that interface.</param>
    /// <param name="peers">Addresses at the other end, of one family.</param>
    /// <param name="own">Addresses at its own end, of the same.</param>
    /// <param name="traffic">What is sent.</param>
    public HookSide(Endpoint host, PolicyStage stage, Direction direction, string chain, HookPacket example, IpAddress[] peers, IpAddress[] own, TranslationTraffic[] traffic)
    {
        Host = host;
        Stage = stage;
        Direction = direction;
        Chain = chain;
        _example = example;
        _peers = peers;
        _own = own;
        _traffic = traffic;
    }

    public Endpoint Host { get; }

    public PolicyStage Stage { get; }

    public Direction Direction { get; }

    public string Chain { get; }

    /// <summary>How many cells there are.</summary>
    public long Count => (long)_peers.Length * _own.Length * _traffic.Length;

    /// <summary>A cell.</summary>
    public HookPacket this[long number]
    {
        get
        {
            IpAddress peer = _peers[number / _traffic.Length % _peers.Length], own = _own[number / _traffic.Length / _peers.Length];
            bool isArriving = Direction == Direction.Ingress;
            return _example with { Source = isArriving ? peer : own, Destination = isArriving ? own : peer, Traffic = _traffic[number % _traffic.Length] };
        }
    }

    /// <summary>True if every so-and-so-manieth cell meets all traffic alike.</summary>
    public bool IsSpreadBy(long step) => _traffic.Length == 0 || BigInteger.GreatestCommonDivisor(step, _traffic.Length).IsOne;
}
