using NetPolicy.Engine;
using NetPolicy.Spec;

namespace NetPolicy.Laws.Worlds;

/// <summary>
/// Chooses flows so that a world is not asked the same thing over and over: a third of them as they come, the others the one of several that leads
/// through the rarest branches of the specifications. What is chosen is judged by everybody; the choice only saves time.
/// </summary>
internal sealed class FlowChooser
{
    private const int Candidates = 8;

    /// <summary>Branches that chance alone seldom reaches, and how much one is worth more than another.</summary>
    private static readonly Dictionary<string, double> Worth = new(StringComparer.Ordinal)
    {
        ["source:services"] = 16,
        ["destination:services"] = 34,
        ["source:namedPorts"] = 18,
        ["destination:namedPorts"] = 18,
        ["match:icmp"] = 14,
        ["match:notICMP"] = 6,
        ["source:ports"] = 22,
        ["source:notPorts"] = 9,
        ["source:notNamedPorts"] = 4,
        ["destination:ports"] = 9,
        ["destination:notPorts"] = 18,
        ["destination:notNamedPorts"] = 4,
        ["source:global"] = 20,
        ["destination:global"] = 14,
        ["source:serviceAccounts"] = 7,
        ["destination:serviceAccounts"] = 8,
        ["source:nets"] = 7,
        ["destination:nets"] = 4,
        ["default:ipVersion"] = 9,
        ["match:http"] = 4,
        ["match:notProtocol"] = 3,
        ["port:name"] = 12,
        ["port:number"] = 5,
        ["port:range"] = 4,
        ["peer:both"] = 8,
        ["peer:podSelector"] = 5,
        ["peer:ipBlock"] = 4,
        ["peer:namespaceSelector"] = 3,
        ["service:external"] = 9,
        ["service:nodePort"] = 7,
        ["service:headless"] = 6,
        ["service:cluster"] = 4,
        ["stage:failsafe"] = 6,
        ["endpointToHost:Return"] = 6,
        ["endpointToHost:Drop"] = 4,
        ["icmpv6Neighbour"] = 4,
        ["default:missingProfile"] = 3,
        ["action:Log"] = 2,
        ["kind:StagedNetworkPolicy"] = 3,
        ["kind:StagedGlobalNetworkPolicy"] = 3,
        ["kind:StagedKubernetesNetworkPolicy"] = 3,
        ["source:notSelector"] = 3,
        ["destination:notSelector"] = 3,
        ["hairpin"] = 30,
        ["to:domainNames"] = 45,
        ["to:nodes"] = 10,
        ["to:networks"] = 4,
        ["to:pods"] = 5,
        ["to:namespaces"] = 5,
        ["from:pods"] = 4,
        ["from:namespaces"] = 4,
        ["ports:portNumber"] = 14,
        ["ports:portRange"] = 12,
        ["ports:namedPort"] = 20,
        ["protocols:number"] = 9,
        ["protocols:range"] = 9,
        ["protocols:all"] = 8,
        ["protocols:destinationNamedPort"] = 18,
        ["priority:tie"] = 10,
        ["failClosed:accept"] = 4,
        ["failClosed:deny"] = 4,
        ["kind:KubernetesBaselineAdminNetworkPolicy"] = 4,
        ["kind:KubernetesAdminNetworkPolicy"] = 3,
        ["self"] = 0.2,
        ["family:none"] = 0.1,
        ["service:noBackend"] = 0.1,
    };

    private readonly FlowMaker _maker;
    private readonly SpecWorld _world;
    private readonly Dictionary<string, int> _met = new(StringComparer.Ordinal);

    public FlowChooser(Dice dice, World world, Choices choices, WorldShape shape)
    {
        _maker = new FlowMaker(dice, world, shape);
        _world = SpecWorld.Load(world.ToTexts(), choices.ToSpec());
    }

    public IEnumerable<FlowRequest> Choose(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i % 3 == 0 ? _maker.Next() : Rarest();
        }
    }

    private FlowRequest Rarest()
    {
        FlowRequest? best = null;
        IReadOnlyList<string> met = [];
        double most = -1;
        for (int i = 0; i < Candidates; i++)
        {
            FlowRequest flow = _maker.Next();
            IReadOnlyList<string> branches = _world.Evaluate(flow.ToSpec()).Branches;
            double worth = branches.Select(WorthOf).DefaultIfEmpty().Max();
            if (worth > most)
            {
                (best, met, most) = (flow, branches, worth);
            }
        }

        foreach (string branch in met)
        {
            _met[branch] = _met.GetValueOrDefault(branch) + 1;
        }

        return best!;
    }

    private double WorthOf(string branch) => Worth.GetValueOrDefault(branch, 1) / (1 + (0.5 * _met.GetValueOrDefault(branch)));
}
