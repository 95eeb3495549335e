using NetPolicy.Collections;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;

namespace NetPolicy.Laws.Worlds;

/// <content>Host endpoints and what Felix is told about hosts.</content>
internal sealed partial class WorldMaker
{
    private void MakeHostEndpoints()
    {
        for (int i = dice.Between(1, 3); i > 0; i--)
        {
            _made.Add(HostEndpoint(i));
        }

        foreach (string name in (string[])["default", "node.n1"])
        {
            if (dice.Chance(40))
            {
                _made.Add(new FelixConfigurationManifest
                {
                    Metadata = new ObjectMetadata { Name = name },
                    DefaultEndpointToHostAction = dice.Pick(null, "Accept", "Drop", "Drop", "Return", "ACCEPT", "DROP", "RETURN"),
                    FailsafeInboundHostPorts = Failsafes(),
                    FailsafeOutboundHostPorts = Failsafes(),
                });
            }
        }
    }

    private HostEndpointManifest HostEndpoint(int index)
    {
        int node = dice.Weighted((65, 1), (35, 2));
        EquatableArray<string> addresses = dice.Some(3, Text($"192.168.0.{node}"), Text($"fd01::{node}"), Text($"172.16.0.{node}")).ToEquatableArray();
        string? @interface = dice.Weighted((35, "*"), (25, "eth0"), (12, "eth1"), (5, "lo"), (23, (string?)null));
        return new HostEndpointManifest
        {
            Metadata = Metadata(Text($"h{index}"), null, Labels()),
            Spec = new HostEndpointSpec
            {
                Node = Nodes[node - 1],
                InterfaceName = @interface,
                ExpectedIPs = @interface is null || dice.Chance(60) ? addresses : null,
                Profiles = dice.Weighted<EquatableArray<string>?>(
                    (35, null), (40, ["projectcalico-default-allow"]), (13, [dice.PickFrom(ProfileNames)]), (6, ["gone"]), (6, [])),
                Ports = EndpointPorts(),
            },
        };
    }

    private EquatableArray<FailsafePort>? Failsafes() => dice.Chance(40) ? null : dice.Many(0, 3, () => new FailsafePort
    {
        Protocol = dice.Pick<IntOrString?>(null, IntOrString.Of("TCP"), IntOrString.Of("UDP"), IntOrString.Of("tcp")),
        Port = dice.PickFrom(PortNumbers),
        Net = dice.Weighted((60, null), (10, "10.0.0.0/28"), (10, "203.0.113.0/24"), (10, "::/0"), (10, "0.0.0.0/0")),
    }).ToEquatableArray();
}
