namespace NetPolicy.Spec;

/// <summary>Where a destination is rewritten (Calico 7.9, step 3).</summary>
internal enum Translation
{
    None,
    OnSourceNode,
    OnEnteredNode,
}

/// <summary>The way of a packet: the destination it is sent to, and the one it arrives at.</summary>
internal sealed record FlowPath(
    SpecPeer Source, SpecPeer Original, int? OriginalPort, SpecPeer Final, Translation Place, string? EnteredNode, int? TranslatedPort = null)
{
    public int? FinalPort => Place == Translation.None && TranslatedPort is null ? OriginalPort : TranslatedPort;

    /// <summary>The destination after the source's node has done its part.</summary>
    public SpecPeer Seen => Place == Translation.OnEnteredNode ? Original : Final;

    public int? SeenPort => Place == Translation.OnEnteredNode ? OriginalPort : FinalPort;
}

/// <summary>The way of one flow through nodes and endpoints (Calico 7.5, 7.9; Kubernetes 5.1).</summary>
internal sealed class FlowSpec(TierSpec tiers, HostEndpointSpec hosts, SpecOptions options)
{
    private static readonly int[] NeighbourTypes = [130, 131, 132, 133, 135, 136];

    /// <summary>Kubernetes 5.5: a pod can always talk to itself.</summary>
    public static bool IsSelf(SpecEndpoint? source, SpecEndpoint? destination) => source is not null && source == destination;

    /// <summary>Kubernetes 5.7, Calico 7.5: the node a pod runs on to that pod.</summary>
    public static bool IsOwnNode(string? host, SpecEndpoint? pod) => host is not null && pod?.Node == host;

    public SpecAnswer Judge(FlowPath path, SpecFlow flow, int family, int protocol, string? translated)
    {
        Walk walk = new(path, flow, family, protocol);
        Side egress = new();
        Side ingress = new();
        if (path.Source.Workload is not null)
        {
            FromWorkload(walk, path.Source.Workload, egress);
        }
        else if (path.Source.Host is { } node)
        {
            FromHost(walk, node, egress);
        }

        if (path.Source.Node is { } here && (path.Seen.Workload?.Node == here || path.Seen.IsOnHost(here)))
        {
            OnSourceNode(walk, here, ingress);
        }
        else
        {
            EnterNodes(walk, ingress);
        }

        return Answer(walk, egress, ingress, translated);
    }

    private static SpecAnswer Answer(Walk walk, Side egress, Side ingress, string? translated)
    {
        bool allowed = egress.End != SpecEnd.Deny && ingress.End != SpecEnd.Deny;
        Side deciding = allowed ? (ingress.End == SpecEnd.Allow ? ingress : egress) : egress.Denied ? egress : ingress;
        return new SpecAnswer(allowed, egress.End, ingress.End, deciding.Rule, walk.Trace.Names, translated);
    }

    /// <summary>
    /// Calico 7.7: a Service's address that leads back to the pod itself. Before translation nobody knows that, so the `*` preDNAT stage is asked.
    /// Cluster 1.2: then cluster policies on both sides, if the address was translated. Of the others Kubernetes 5.5 holds.
    /// </summary>
    public SpecAnswer JudgeReturn(FlowPath path, SpecFlow flow, int family, int protocol, string? translated)
    {
        Walk walk = new(path, flow, family, protocol);
        Side egress = new();
        Side ingress = new();
        if (path.Place == Translation.OnSourceNode && path.Source.Node is { } node)
        {
            egress.Add(hosts.PreDnat(hosts.OfEveryInterface(node), walk.Original, walk.Trace));
        }

        if (!egress.Denied)
        {
            walk.Trace.Add("self");
        }

        if (path.Place != Translation.None)
        {
            if (!egress.Denied)
            {
                egress.AddWorkload(tiers.ClusterPolicies(path.Source.Workload!, SpecDirection.Egress, walk.Seen, walk.Trace));
            }

            ingress.AddWorkload(tiers.ClusterPolicies(path.Final.Workload!, SpecDirection.Ingress, walk.Final, walk.Trace));
        }

        return Answer(walk, egress, ingress, translated);
    }

    /// <summary>Calico 7.9, a new flow in on a workload interface, as far as the source's node: 2, 4a or 4b.</summary>
    private void FromWorkload(Walk walk, SpecEndpoint source, Side side)
    {
        SpecPacket seen = walk.Seen;
        string? node = source.Node;
        bool toHost = node is not null && seen.Destination.IsOnHost(node);
        if (node is not null)
        {
            // 7.2: only the preDNAT and forward stages of `*` reach workload interfaces; the raw stage skips them.
            SpecHostEndpoint? every = hosts.OfEveryInterface(node);
            bool accepted = side.Add(hosts.PreDnat(every, walk.Original, walk.Trace));
            if (!side.Denied && !toHost && !accepted)
            {
                side.Add(hosts.Forward(every, SpecDirection.Ingress, seen, walk.Trace));
            }
        }

        if (side.Denied)
        {
            return;
        }

        if (toHost && IsNeighbourDiscovery(seen))
        {
            walk.Trace.Add("icmpv6Neighbour");
            return;
        }

        walk.Trace.Add("stage:workload");
        side.AddWorkload(tiers.Normal(source, SpecDirection.Egress, seen, toHost && options.EgressToOwnNodeAllowed, walk.Trace));
        bool leaves = node is not null && !toHost && seen.Destination.Workload?.Node != node;
        if (leaves && !side.Denied)
        {
            string outInterface = walk.Flow.OutInterface ?? hosts.DefaultInterface(node!);
            side.Add(hosts.Forward(hosts.ForFilter(node!, outInterface), SpecDirection.Egress, seen, walk.Trace));
        }
    }

    /// <summary>Calico 7.5: IPv6 workload → host, accepted before policy.</summary>
    private static bool IsNeighbourDiscovery(SpecPacket packet) =>
        packet is { Family: 6, Protocol: 58, Flow.IcmpType: { } type } && NeighbourTypes.Contains(type);

    /// <summary>Calico 7.9, locally generated, out on O.</summary>
    private void FromHost(Walk walk, string node, Side side)
    {
        // 2: O is a workload interface.
        if (IsOwnNode(node, walk.Seen.Destination.Workload))
        {
            walk.Trace.Add("ownNode");
            return;
        }

        string outInterface = walk.Seen.Destination.IsOnHost(node) ? "lo" : walk.Flow.OutInterface ?? hosts.DefaultInterface(node);

        // 1
        bool accepted = side.Add(hosts.Untracked(hosts.OfInterface(node, outInterface), SpecDirection.Egress, walk.Original, walk.Trace));

        // 3
        if (!side.Denied && !accepted && hosts.ForFilter(node, outInterface) is { } endpoint)
        {
            side.AddHost(hosts.Normal(endpoint, SpecDirection.Egress, walk.Seen, walk.Trace));
        }
    }

    /// <summary>The destination is on the source's node: no host interface is crossed.</summary>
    private void OnSourceNode(Walk walk, string node, Side side)
    {
        if (walk.Path.Final.Workload is not null)
        {
            ToWorkload(walk, node, side);
        }
        else if (walk.Path.Source.Workload is not null && IsNeighbourDiscovery(walk.Seen))
        {
            // 7.5: accepted before policy, which the node's action comes after.
            return;
        }
        else if (walk.Path.Source.Workload is not null)
        {
            side.AddHost(hosts.EndpointToHost(node, options.HostInputAccepts, walk.Trace));
        }
        else
        {
            EnterHost(walk, node, "lo", walk.Final, side);
        }
    }

    /// <summary>Calico 7.9, a new flow in on a host interface, for each node on the way.</summary>
    private void EnterNodes(Walk walk, Side side)
    {
        string? node = walk.Path.Place == Translation.OnEnteredNode ? walk.Path.EnteredNode : walk.Path.Final.Node;
        SpecPacket arriving = walk.Path.Place == Translation.OnEnteredNode ? walk.Original : walk.Final;
        string? given = walk.Flow.InInterface;
        while (node is not null)
        {
            string inInterface = given ?? hosts.DefaultInterface(node);
            if (walk.Final.Destination.IsOnHost(node))
            {
                EnterHost(walk, node, inInterface, arriving, side);
                return;
            }

            ForwardIn(walk, node, inInterface, arriving, side);
            if (side.Denied || walk.Path.Final.Node == node)
            {
                break;
            }

            // The backend is elsewhere: out again, and into its node with the destination translated.
            side.Add(hosts.Forward(hosts.ForFilter(node, hosts.DefaultInterface(node)), SpecDirection.Egress, walk.Final, walk.Trace));
            if (side.Denied)
            {
                break;
            }

            node = walk.Path.Final.Node;
            arriving = walk.Final;
            given = null;
        }

        if (!side.Denied && walk.Path.Final.Workload is not null)
        {
            ToWorkload(walk, walk.Path.Final.Node, side);
        }
    }

    /// <summary>Calico 7.9, steps 1, 2 and 4a on a host interface.</summary>
    private void EnterHost(Walk walk, string node, string inInterface, SpecPacket arriving, Side side)
    {
        bool accepted = BeforeDnat(walk, node, inInterface, arriving, side);
        if (side.Denied || accepted)
        {
            return;
        }

        SpecHostEndpoint? endpoint = hosts.ForFilter(node, inInterface);
        side.AddHost(endpoint is null
            ? HostEndpointSpec.HostInput(options.HostInputAccepts, walk.Trace)
            : hosts.Normal(endpoint, SpecDirection.Ingress, walk.Final, walk.Trace));
    }

    /// <summary>Calico 7.9, steps 1, 2 and the first line of 4b.</summary>
    private void ForwardIn(Walk walk, string node, string inInterface, SpecPacket arriving, Side side)
    {
        bool accepted = BeforeDnat(walk, node, inInterface, arriving, side);
        if (!side.Denied && !accepted)
        {
            side.Add(hosts.Forward(hosts.ForFilter(node, inInterface), SpecDirection.Ingress, walk.Final, walk.Trace));
        }
    }

    /// <summary>Calico 7.9, steps 1 and 2. True if one accepted: later host-endpoint ingress stages are skipped (7.1).</summary>
    private bool BeforeDnat(Walk walk, string node, string inInterface, SpecPacket arriving, Side side)
    {
        bool accepted = side.Add(hosts.Untracked(hosts.OfInterface(node, inInterface), SpecDirection.Ingress, arriving, walk.Trace));
        if (!side.Denied && !accepted)
        {
            accepted = side.Add(hosts.PreDnat(hosts.ForPreDnat(node, inInterface), arriving, walk.Trace));
        }

        return accepted;
    }

    /// <summary>Calico 7.9, 4b: workload ingress, then the forward-egress stage of its interface; Kubernetes 5.1 <c>ingressOk</c>.</summary>
    private void ToWorkload(Walk walk, string? node, Side side)
    {
        SpecEndpoint destination = walk.Path.Final.Workload!;
        if (IsOwnNode(walk.Path.Source.Host, destination))
        {
            walk.Trace.Add("ownNode");
            return;
        }

        walk.Trace.Add("stage:workload");
        side.AddWorkload(tiers.Normal(destination, SpecDirection.Ingress, walk.Final, exemptKubernetes: false, walk.Trace));
        if (!side.Denied && node is not null)
        {
            side.Add(hosts.Forward(hosts.OfEveryInterface(node), SpecDirection.Egress, walk.Final, walk.Trace));
        }
    }

    /// <summary>The packet at its places: before any translation, as it leaves the source's node, at the end.</summary>
    private sealed class Walk(FlowPath path, SpecFlow flow, int family, int protocol)
    {
        public FlowPath Path => path;

        public SpecFlow Flow => flow;

        public SpecTrace Trace { get; } = new();

        public SpecPacket Original { get; } = new(path.Source, path.Original, path.OriginalPort, family, protocol, flow);

        public SpecPacket Seen { get; } = new(path.Source, path.Seen, path.SeenPort, family, protocol, flow);

        public SpecPacket Final { get; } = new(path.Source, path.Final, path.FinalPort, family, protocol, flow);
    }

    /// <summary>One end's stages, added up: the first Deny stands; else Allow if any allowed, by the workload's rule before any other.</summary>
    private sealed class Side
    {
        private SpecRule? workloadRule;
        private SpecRule? stageRule;

        public SpecEnd End { get; private set; }

        public bool Denied => End == SpecEnd.Deny;

        public SpecRule? Rule => Denied ? stageRule : workloadRule ?? stageRule;

        /// <summary>True if the stage accepted.</summary>
        public bool Add(SpecStage stage)
        {
            if (stage.Action is { } action && action != SpecAction.Pass)
            {
                AddHost(new SpecDecision(action == SpecAction.Allow ? SpecEnd.Allow : SpecEnd.Deny, stage.Rule));
            }

            return stage.Action == SpecAction.Allow;
        }

        public void AddHost(SpecDecision decision)
        {
            if (decision.End == SpecEnd.None)
            {
                return;
            }

            End = decision.End;
            stageRule = decision.Rule;
        }

        public void AddWorkload(SpecDecision decision)
        {
            if (decision.End == SpecEnd.Allow)
            {
                End = SpecEnd.Allow;
                workloadRule = decision.Rule;
                return;
            }

            AddHost(decision);
        }
    }
}
