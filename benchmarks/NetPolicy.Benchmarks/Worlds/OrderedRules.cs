using System.Globalization;
using NetPolicy.Addresses;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Benchmarks.Worlds;

/// <summary>
/// W5: 20,000 ordered Calico rules in one tier over 3,700 network sets with 256,000 members. 200 global policies of 100 rules apply to every pod,
/// for ingress; a rule names sources by set, one in three its subjects, and a port. What nothing matches is denied at the end of the tier.
/// </summary>
public static class OrderedRules
{
    private const int RulesOfPolicy = 100;
    private const int MeanMembers = 69;
    private static readonly string[] Roles = ["partner", "office", "cdn", "blocklist", "vpn"];

    /// <summary>Makes the world.</summary>
    public static World Make(WorldSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        Random random = new(20260105);
        WorldBuilder builder = new();
        builder.Add(new TierManifest { Metadata = WorldBuilder.Metadata("platform", null, []), Order = 100 });
        builder.Namespace("apps", ("team", "blue"));
        for (int w = 0; w < 50; w++)
        {
            string name = "app-" + WorldBuilder.Text(w);
            builder.Workload(name, "apps", 4, size.Replicas, [("app", name), ("zone", "z" + WorldBuilder.Text(w % 4))]);
        }

        int sets = size.Of(3_700);
        int members = size.Of(256_000);
        for (int s = 0; s < sets; s++)
        {
            // The sizes vary, the sum does not: what is left is shared among the sets that are left.
            int left = sets - s;
            int count = left == 1 ? members : Math.Clamp(random.Next(1, 2 * MeanMembers), 1, Math.Max(1, members - left));
            members -= count;
            builder.Add(new GlobalNetworkSetManifest
            {
                Metadata = WorldBuilder.Metadata("set-" + WorldBuilder.Text(s), null, [("set", SetName(s)), ("role", Roles[s % Roles.Length])]),
                Nets = [.. Enumerable.Range(0, count).Select(_ => Net(random))],
            });
        }

        int rules = size.Of(20_000);
        for (int p = 0; p * RulesOfPolicy < rules; p++)
        {
            int count = Math.Min(RulesOfPolicy, rules - (p * RulesOfPolicy));
            builder.Add(new CalicoPolicyManifest
            {
                PolicyKind = CalicoPolicyKind.GlobalNetworkPolicy,
                Metadata = WorldBuilder.Metadata("platform.policy-" + WorldBuilder.Text(p), null, []),
                Spec = new CalicoPolicySpec
                {
                    Tier = "platform",
                    Order = p + 1,
                    Selector = "has(app)",
                    Types = ["Ingress"],
                    Ingress = [.. Enumerable.Range(0, count).Select(_ => Rule(random, sets))],
                },
            });
        }

        return builder.Build("W5");
    }

    /// <summary>An address of the range from which members are drawn: about one in four is in some set.</summary>
    public static IpAddress Outside(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return IpAddress.FromIPv4((172u << 24) + (uint)random.Next(1 << 20));
    }

    private static string Net(Random random)
    {
        uint address = (172u << 24) + (uint)random.Next(1 << 20);
        return random.Next(50) == 0
            ? IpAddress.FromIPv4(address & ~15u) + "/28"
            : IpAddress.FromIPv4(address) + "/32";
    }

    private static CalicoRule Rule(Random random, int sets)
    {
        string action = random.Next(4) switch { 0 => "Deny", 1 => "Pass", _ => "Allow" };
        EntityRule source = new() { Selector = Peer(random, sets) };
        EntityRule destination = new() { Ports = [IntOrString.Of(1024 + random.Next(8192))], Selector = random.Next(3) == 0 ? Subject(random) : null };
        return new CalicoRule { Action = action, Protocol = IntOrString.Of(random.Next(5) == 0 ? "UDP" : "TCP"), Source = source, Destination = destination };
    }

    private static string Subject(Random random) => random.Next(2) == 0
        ? $"app == 'app-{random.Next(50).ToString(CultureInfo.InvariantCulture)}'"
        : $"zone == 'z{random.Next(4).ToString(CultureInfo.InvariantCulture)}'";

    private static string Peer(Random random, int sets) => random.Next(8) switch
    {
        0 => $"app == 'app-{random.Next(50).ToString(CultureInfo.InvariantCulture)}'",
        1 => $"set in {{'{SetName(random.Next(sets))}', '{SetName(random.Next(sets))}'}}",
        2 => $"role == '{Roles[random.Next(Roles.Length)]}' && zone != 'z1'",
        _ => $"set == '{SetName(random.Next(sets))}'",
    };

    private static string SetName(int index) => "s-" + WorldBuilder.Text(index);
}
