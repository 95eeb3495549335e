using System.Runtime.InteropServices;
using System.Text;
using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;
using NetPolicy.Ports;

namespace NetPolicy.Analysis;

/// <content>What nodes, Services and programs make ends be told apart by.</content>
internal sealed partial class World
{
    private void TakeInventory()
    {
        Cluster cluster = Snapshot.Cluster;
        ILookup<string?, Endpoint> hostEndpoints = cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint).ToLookup(e => e.Node);
        _classOfNode = new int[cluster.NodeSlots];
        _familiesOfNodes = new int[cluster.NodeSlots];
        foreach (Node node in cluster.Nodes)
        {
            _classOfNode[node.Index] = Matters(node, hostEndpoints[node.Name]) ? node.Index + 1 : 0;
            _familiesOfNodes[node.Index] = FamiliesOf(node.Addresses);
        }

        _someNodeLacksFamilies = cluster.Nodes.Any(n => _familiesOfNodes[n.Index] != 3);
        _fronts = [];
        _frontsOfHosts = [];
        Dictionary<int, List<ulong>> services = [];
        foreach (Service service in cluster.Services)
        {
            Collect(service, service.Index, services);
        }

        _servicesOfEndpoint = new int[cluster.SelectableSlots];
        foreach ((int endpoint, List<ulong> own) in services)
        {
            string text = new(MemoryMarshal.Cast<ulong, char>([.. own.Order()]));
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_serviceIds, text, out bool known);
            id = known ? id : _serviceIds.Count - 1;
            _servicesOfEndpoint[endpoint] = id;
        }

        _nodePorts = PortCuts.Of(cluster.Services.SelectMany(s => s.Ports).Where(p => p.NodePort != 0).Select(p => (p.Protocol, p.NodePort)));
        _failsafeNets =
        [
            .. cluster.Nodes.SelectMany(n => n.FailsafeInbound.Concat(n.FailsafeOutbound)).Select(f => f.Net).Where(n => n.Family != IpFamily.None).Distinct(),
        ];
        foreach (IpPrefix net in _failsafeNets)
        {
            ref UInt128 key = ref CollectionsMarshal.GetValueRefOrAddDefault(_failsafeKeys, net, out bool known);
            key = known ? key : BlockSums.NewKey();
        }

        _sets = [.. cluster.Selectables.OfType<NetworkSet>()];
        _known = new (Selectable?, ClassFacts?, Place?)[cluster.SelectableSlots];
    }

    private bool Matters(Node node, IEnumerable<Endpoint> hostEndpoints) =>
        hostEndpoints.Any() || node.EndpointToHost != EndpointToHostAction.Accept || Snapshot.Options.HostInput != HostInput.Accept;

    private void TakePrograms()
    {
        HashSet<EndpointProgram> programs = new(ReferenceEqualityComparer.Instance);
        PersistentList<EndpointClass?> classes = Snapshot.World.Classes;
        for (int i = 0; i < classes.Count; i++)
        {
            if (classes[i] is not { Programs: { } own } one)
            {
                continue;
            }

            foreach (PolicyStage stage in one.Shape.Kind == EndpointKind.HostEndpoint ? Enum.GetValues<PolicyStage>() : [PolicyStage.Normal])
            {
                programs.Add(own.Of(stage, Direction.Ingress));
                programs.Add(own.Of(stage, Direction.Egress));
            }
        }

        _features.Follow(programs);
        if (_factsOfClass.Length < classes.Count)
        {
            Array.Resize(ref _factsOfClass, classes.Count * 2);
        }

        bool isSame = _selectorVersion == _features.SelectorVersion;
        _selectorVersion = _features.SelectorVersion;
        List<int> numbers = [];
        for (int i = 0; i < classes.Count; i++)
        {
            if (classes[i] is not { } one)
            {
                _factsOfClass[i] = null;
                continue;
            }

            ClassFacts? old = _factsOfClass[i];
            if (isSame && old is not null && ReferenceEquals(old.Class, one))
            {
                continue;
            }

            int ports = 0;
            if (!one.Shape.Ports.IsEmpty)
            {
                ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_portIds, one.Shape.Ports, out bool known);
                ports = id = known ? id : _portIds.Count;
            }

            numbers.Clear();
            foreach (int selector in one.Matched)
            {
                if (_features.NumberOf(selector) is >= 0 and int number)
                {
                    numbers.Add(number);
                }
            }

            ClassFacts made = new(
                one,
                SelectorSet(numbers),
                ports,
                one.Shape.IsPod,
                one.Programs?.Of(PolicyStage.Normal, Direction.Egress),
                one.Programs?.Of(PolicyStage.Normal, Direction.Ingress));
            _factsOfClass[i] = old is not null && made.IsSame(old) ? old.For(one) : made;
        }

        ILookup<string?, Endpoint>? hostEndpoints = null;
        Cluster cluster = Snapshot.Cluster;
        _cutsOfNode = new PortCuts[cluster.NodeSlots];
        foreach (Node node in cluster.Nodes)
        {
            hostEndpoints ??= cluster.Endpoints.Where(e => e.Kind == EndpointKind.HostEndpoint).ToLookup(e => e.Node);
            _cutsOfNode[node.Index] = CutsOf(node, hostEndpoints[node.Name]);
        }
    }

    private int SelectorSet(List<int> numbers)
    {
        numbers.Sort();
        int[] set = [.. numbers.Distinct()];
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_selectorSets, set, out bool known);
        if (!known)
        {
            id = _selectorSetList.Count;
            _selectorSetList.Add(set);
        }

        return id;
    }

    private PortCuts CutsOf(Node node, IEnumerable<Endpoint> hostEndpoints)
    {
        PortCuts cuts = PortCuts.None;
        bool isFirst = true;
        foreach (Endpoint endpoint in hostEndpoints)
        {
            cuts = isFirst ? PortCuts.Of(node) : cuts;
            isFirst = false;
            foreach (PolicyStage stage in Enum.GetValues<PolicyStage>())
            {
                cuts = cuts.With(_features.FactsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Ingress)).Cuts)
                    .With(_features.FactsOf(Snapshot.ProgramOf(endpoint, stage, Direction.Egress)).Cuts);
            }
        }

        return cuts;
    }

    // A Service that is reached by an address makes its backends differ from pods that policy sees no difference to.
    private void Collect(Service service, int index, Dictionary<int, List<ulong>> services)
    {
        for (int p = 0; p < service.Ports.Count; p++)
        {
            ServicePort port = service.Ports[p];
            foreach (IpAddress address in service.Addresses)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_fronts, address, out _) ??= [];
                if (port.Backends.Any(b => b.Endpoint < 0))
                {
                    _frontsOfHosts.Add(address);
                }

                _fronts[address].Add((port.Protocol, port.Port));
            }

            if (service.Addresses.IsEmpty && port.NodePort == 0)
            {
                continue;
            }

            HashSet<IpFamily> answered = [];
            foreach (Backend backend in port.Backends)
            {
                // Of several backends the first one answers for the ends; a backend that dials its own Service first finds itself.
                bool isFirst = backend.IsReady && answered.Add(backend.Address.Family);
                if (backend.Endpoint < 0)
                {
                    continue;
                }

                List<ulong> own = CollectionsMarshal.GetValueRefOrAddDefault(services, backend.Endpoint, out _) ??= [];
                own.Add(((ulong)(uint)index << 32) | ((uint)p << 18) | ((uint)backend.Port << 2) | (isFirst ? 2u : 0u) | (backend.IsReady ? 1u : 0u));
            }
        }
    }
}
