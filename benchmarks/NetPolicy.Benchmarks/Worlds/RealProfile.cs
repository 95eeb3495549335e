using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests.Kubernetes;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>
/// W1: a cluster with the profile of a real one, as its owners published it (<c>npinaeva/k8s-netpol-scale</c>, <c>yaml-analysis</c>): the same numbers of pods,
/// namespaces and policies, and the same distributions of pods that a policy selects, rules of a policy, selectors, blocks and ports of a rule, and pods that a
/// rule's peers select. <see cref="ProfileFigures"/> measures them again on what is made.
/// </summary>
public sealed class RealProfile
{
    /// <summary>Pods at full scale.</summary>
    public const int Pods = 5_413;

    /// <summary>Namespaces at full scale.</summary>
    public const int Namespaces = 604;

    /// <summary>Policies at full scale.</summary>
    public const int Policies = 13_678;

    /// <summary>Policies that have rules but select no pod, or whose rules name no peer that exists.</summary>
    public const int EmptyPolicies = 3_559;

    /// <summary>Policies without rules: they deny.</summary>
    public const int DenyOnly = 495;

    // Weights of a policy's number of selected pods, moved a little from 5 to its neighbours because some selectors come to one pod less than was drawn.
    private static readonly (int Count, int Weight)[] SubjectPods =
    [
        (1, 1436), (2, 559), (3, 54), (4, 243), (5, 2200), (6, 700), (7, 1035), (8, 196), (9, 240), (10, 211), (11, 572), (12, 482), (14, 140), (17, 157),
        (19, 124), (20, 99), (21, 116), (22, 136), (24, 80), (25, 339), (26, 41), (33, 10), (80, 9), (127, 431), (154, 9),
    ];

    // Weights of the number of pods that the peers of a rule with selectors select. The last is two thirds of the cluster, drawn a little more often than the
    // published 70 times because what falls out of it is fewer pods.
    private static readonly (int Count, int Weight)[] PeerPods =
    [
        (1, 590), (2, 4621), (3, 393), (4, 649), (5, 868), (6, 433), (7, 384), (8, 62), (9, 63), (10, 75), (12, 93), (13, 346), (17, 64), (19, 30), (21, 85),
        (24, 51), (42, 10), (80, 41), (127, 288), (154, 3), (3578, 82),
    ];

    private static readonly (int Count, int Weight)[] BlocksOfRule = [(1, 5521), (2, 72), (3, 346), (4, 7), (6, 263), (14, 3), (21, 1)];
    private static readonly (int Count, int Weight)[] PortsOfBlockRule = [(0, 1147), (1, 4710), (2, 341), (5, 17)];
    private static readonly (int Count, int Weight)[] PortsOfSelectorRule = [(0, 6370), (1, 2417), (2, 416), (4, 5)];

    // Pods of a workload. Most have few, some are as wide as the nodes.
    private static readonly (int Count, int Weight)[] PodsOfWorkload = [(1, 46), (2, 32), (3, 12), (4, 4), (5, 3), (6, 2), (10, 1)];
    private static readonly int[] PortNumbers = [80, 443, 3000, 5432, 6379, 8080, 8443, 9090, 9200, 15_672];
    private static readonly string[] Tiers = ["frontend", "backend", "data"];
    private const string App = "app", PartOf = "app.kubernetes.io/part-of", Tier = "tier", Zone = "zone", Name = "kubernetes.io/metadata.name";
    private const int WideSharePercent = 66;

    private readonly Random _random = new(20260101);
    private readonly WorldBuilder _builder = new();
    private readonly WorldSize _size;
    private readonly List<Place> _places = [];
    private readonly int _pods;
    private int _next;

    private RealProfile(WorldSize size)
    {
        _size = size;
        _pods = size.Of(Pods);
    }

    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        RealProfile profile = new(size);
        profile.AddNamespaces();
        profile.AddPolicies();
        return profile._builder.Build("W1");
    }

    private void AddNamespaces()
    {
        int count = _size.Of(Namespaces);
        int left = _pods;
        for (int n = 0; n < count; n++)
        {
            int after = count - n - 1;
            int pods = n == count - 1 ? left : Math.Min(PodsOfNamespace(n, left / (after + 1)), left - after);
            left -= pods;
            string name = "ns-" + WorldBuilder.Text(n);
            bool wide = n * 37 % 100 < WideSharePercent;
            _builder.Namespace(name, ("team", "team-" + WorldBuilder.Text(n % 25)), (Zone, wide ? "internal" : "edge"));
            _places.Add(FillNamespace(name, pods));
        }
    }

    // The large ones come again with every multiple of the cluster; the others have the sizes that policies which select whole namespaces show, and what is left.
    private int PodsOfNamespace(int index, int mean) => (index % Namespaces) switch
    {
        0 => 127,
        1 => 154,
        2 => 80,
        3 or 4 => 58,
        5 => 42,
        6 or 7 or 8 => 33,
        int n when n % 20 == 0 => 25,
        int n when n % 18 == 0 => 12,
        int n when n % 16 == 0 => 11,
        int n when n % 14 == 0 => 20,
        int n when n % 5 == 0 => 7,
        int n when n % 3 == 0 => 5,
        int n when n % 2 == 0 => 6,
        _ => 1 + _random.Next(2 * mean),
    };

    private Place FillNamespace(string @namespace, int pods)
    {
        Place place = new(@namespace, pods);
        int left = pods;
        for (int w = 0; left > 0; w++)
        {
            int count = Math.Min(left, Pick(PodsOfWorkload));
            left -= count;
            string app = "app-" + WorldBuilder.Text(w), partOf = "system-" + WorldBuilder.Text(w / 4);
            place.Workloads.Add(new Workload(app, count));
            _builder.Workload(
                app,
                @namespace,
                count,
                _size.Replicas,
                [(App, app), (PartOf, partOf), (Tier, Tiers[w % Tiers.Length]), ("app.kubernetes.io/managed-by", "Helm"), ("release", @namespace + "-" + app)],
                new ContainerPort { Name = "http", Number = 8080 },
                new ContainerPort { Name = "metrics", Number = 9090 });
        }

        return place;
    }

    private void AddPolicies()
    {
        int deny = _size.Of(DenyOnly), empty = _size.Of(EmptyPolicies), all = _size.Of(Policies);
        for (int i = 0; i < deny; i++)
        {
            Place place = AnyPlace();
            _builder.Add(WorldBuilder.Policy(NextName(), place.Namespace, WorldBuilder.Everything(), [], i % 3 == 0 ? [] : null));
        }

        for (int i = 0; i < empty; i++)
        {
            AddEmpty(i);
        }

        for (int i = deny + empty; i < all; i++)
        {
            AddEffective();
        }
    }

    // Half of them select no pod, the other half's peers do not exist.
    private void AddEmpty(int index)
    {
        Place place = AnyPlace();
        LabelSelectorSpec gone = WorldBuilder.With((App, "gone-" + WorldBuilder.Text(index % 200)));
        _builder.Add(index % 2 == 0
            ? WorldBuilder.Policy(NextName(), place.Namespace, gone, [.. Rules()])
            : WorldBuilder.Policy(NextName(), place.Namespace, SelectorFor(place, Pick(SubjectPods)), [WorldBuilder.Rule([WorldBuilder.Pods(gone)], Ports(PortsOfSelectorRule))]));

        IEnumerable<NetworkPolicyRule> Rules() => Enumerable.Range(0, RuleCount()).Select(_ => NextRule(place));
    }

    private void AddEffective()
    {
        int wanted = Pick(SubjectPods);
        Place place = PlaceFor(wanted);
        List<NetworkPolicyRule> ingress = [], egress = [];
        for (int i = RuleCount(); i > 0; i--)
        {
            (_random.Next(5) < 3 ? ingress : egress).Add(NextRule(place));
        }

        _builder.Add(WorldBuilder.Policy(
            NextName(), place.Namespace, SelectorFor(place, wanted), ingress.Count == 0 ? null : [.. ingress], egress.Count == 0 ? null : [.. egress]));
    }

    // 15,423 rules on 9,624 policies that have an effect.
    private int RuleCount() => _random.Next(100) switch { < 64 => 1, < 84 => 2, < 94 => 3, _ => 4 };

    // Of the rules 6,215 name blocks, the others pods.
    private NetworkPolicyRule NextRule(Place place)
    {
        if (_random.Next(15_423) < 6_215)
        {
            return WorldBuilder.Rule([.. Enumerable.Range(0, Pick(BlocksOfRule)).Select(_ => Block())], Ports(PortsOfBlockRule));
        }

        int wanted = Pick(PeerPods);
        return WorldBuilder.Rule([.. PeersFor(place, wanted)], Ports(PortsOfSelectorRule));
    }

    private List<NetworkPolicyPeer> PeersFor(Place own, int wanted)
    {
        if (wanted > 1_000)
        {
            NetworkPolicyPeer wide = new() { NamespaceSelector = WorldBuilder.With((Zone, "internal")) };
            return _random.Next(2) == 0 ? [wide] : [wide, WorldBuilder.Pods(WorldBuilder.Everything())];
        }

        if (wanted <= own.Pods && _random.Next(2) == 0)
        {
            return [WorldBuilder.Pods(SelectorFor(own, wanted))];
        }

        Place other = PlaceFor(wanted);
        List<NetworkPolicyPeer> peers = [new() { NamespaceSelector = WorldBuilder.With((Name, other.Namespace)), PodSelector = SelectorFor(other, wanted) }];
        if (wanted > 1 && _random.Next(11) == 0)
        {
            // Two selectors that name the pods together.
            LabelSelectorSpec first = SelectorFor(other, 1), rest = SelectorFor(other, wanted - 1, skip: 1);
            peers =
            [
                new() { NamespaceSelector = WorldBuilder.With((Name, other.Namespace)), PodSelector = first },
                new() { NamespaceSelector = WorldBuilder.With((Name, other.Namespace)), PodSelector = rest },
            ];
        }

        return peers;
    }

    private NetworkPolicyPeer Block()
    {
        int kind = _random.Next(10);
        return new NetworkPolicyPeer
        {
            IpBlock = kind switch
            {
                0 => new IpBlockSpec { Cidr = "0.0.0.0/0", Except = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] },
                1 or 2 => new IpBlockSpec { Cidr = $"172.{16 + _random.Next(16)}.0.0/16" },
                3 or 4 or 5 => new IpBlockSpec { Cidr = $"192.168.{_random.Next(256)}.0/24" },
                _ => new IpBlockSpec { Cidr = $"198.51.{_random.Next(4)}.{_random.Next(256)}/32" },
            },
        };
    }

    private NetworkPolicyPort[] Ports((int Count, int Weight)[] weights) =>
    [
        .. Enumerable.Range(0, Pick(weights)).Select(_ => _random.Next(12) == 0
            ? new NetworkPolicyPort { Protocol = "TCP", Port = Manifests.IntOrString.Of("http") }
            : WorldBuilder.Tcp(PortNumbers[_random.Next(PortNumbers.Length)])),
    ];

    // A place of exactly that many pods, if there is one and chance has it; else one that has enough.
    private Place PlaceFor(int pods)
    {
        Place? enough = null;
        for (int i = 0; i < 40; i++)
        {
            Place place = AnyPlace();
            if (place.Pods == pods)
            {
                return place;
            }

            enough = place.Pods > pods && (enough is null || place.Pods < enough.Pods) ? place : enough;
        }

        return enough ?? _places.Where(p => p.Pods >= pods).MinBy(p => p.Pods) ?? _places.MaxBy(p => p.Pods)!;
    }

    // Everything, one workload, or several by name: whichever comes to the wanted number.
    private LabelSelectorSpec SelectorFor(Place place, int wanted, int skip = 0)
    {
        if (wanted >= place.Pods && skip == 0)
        {
            return WorldBuilder.Everything();
        }

        int first = _random.Next(place.Workloads.Count);
        for (int i = 0; i < place.Workloads.Count && skip == 0; i++)
        {
            Workload one = place.Workloads[(first + i) % place.Workloads.Count];
            if (one.Pods == wanted)
            {
                return WorldBuilder.With((App, one.Name));
            }
        }

        List<string> names = [];
        int sum = 0;
        for (int i = skip; i < place.Workloads.Count && sum < wanted; i++)
        {
            Workload one = place.Workloads[(first + i) % place.Workloads.Count];
            if (sum + one.Pods <= wanted)
            {
                sum += one.Pods;
                names.Add(one.Name);
            }
        }

        return names.Count == 0 ? WorldBuilder.With((App, place.Workloads[first].Name)) : WorldBuilder.In(App, names.Order(StringComparer.Ordinal));
    }

    private Place AnyPlace() => _places[_random.Next(_places.Count)];

    private string NextName() => "policy-" + WorldBuilder.Text(_next++);

    private int Pick((int Count, int Weight)[] weights)
    {
        int at = _random.Next(weights.Sum(w => w.Weight));
        foreach ((int count, int weight) in weights)
        {
            at -= weight;
            if (at < 0)
            {
                return count;
            }
        }

        return weights[^1].Count;
    }

    private sealed record Workload(string Name, int Pods);

    private sealed record Place(string Namespace, int Pods)
    {
        public List<Workload> Workloads { get; } = [];
    }
}
