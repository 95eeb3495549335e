using NetPolicy.Addresses;
using NetPolicy.Enforce.Nft;
using NetPolicy.Enforce.Rules;
using NetPolicy.Enforce.Simulation;
using NetPolicy.Engine;
using NetPolicy.Inventory;
using NetPolicy.Policies;

namespace NetPolicy.Enforce;

/// <summary>
/// Proves before loading that rules say what policy says: the very text that would be loaded is executed, cell by cell, and compared with the engine, which goes
/// through the policies rule by rule. A cell is a workload's chain or a host endpoint's in a stage, a kind of peer, a protocol and a stretch of ports between which no
/// rule of it tells. The ways from the hooks to the chains, marks and connections are tried too.
/// </summary>
/// <remarks>
/// What is compared are the decisions for this node's workloads, in both directions and families, and what becomes of packets at each hook: see docs/design/enforcement-proof.md. Each chain is tried whole with one workload; other workloads
/// of the chain are tried with fewer peers, which shows that they are led to it. It knows nothing of how the compiler works: kinds of peers come from the
/// cluster's classes and the borders of all blocks, ports from policies and named ports. A workload that the rules lead nowhere is closed and not
/// tried; the compiler's findings name it.
/// </remarks>
public static class TranslationCheck
{
    // Of workloads that share a chain all but the first are tried towards one kind of peer in so many.
    private const int Stride = 16;

    // Of cells of host endpoints one for so many of workloads.
    private const int HostShare = 4;

    // Two that differ, so that both are tried.
    private static readonly EpochPair s_epochs = new(2, 1);

    /// <summary>Compares all cells, or as many as <paramref name="most"/> allows, spread evenly.</summary>
    /// <param name="snapshot">What decides.</param>
    /// <param name="ruleset">What was compiled from it.</param>
    /// <param name="before">What decided before: chains, tables and peers that are the same in both are not tried again. Null to try everything.</param>
    /// <param name="most">How many cells are tried at most. Default: 200,000, which takes about half a second.</param>
    /// <exception cref="NftExecutionException">The rules hold something that cannot be decided.</exception>
    public static TranslationReport Check(Snapshot snapshot, CompiledRuleset ruleset, CompiledRuleset? before = null, int most = 200_000)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(ruleset);
        return Check(snapshot, ruleset, NftRuleset.Parse(NftWriter.Write(ruleset.Table.Resolve(1, s_epochs.Current, s_epochs.Previous))), before, most, s_epochs);
    }

    /// <summary>The same for rules as text, which may come from elsewhere.</summary>
    internal static TranslationReport Check(Snapshot snapshot, CompiledRuleset ruleset, NftRuleset rules, CompiledRuleset? before, int most, EpochPair epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        Dispatch dispatch = new(ruleset.Table);
        ChangedParts? changed = before is null ? null : new ChangedParts(before.Table, ruleset.Table);
        TranslationPeers peers = new(snapshot, Peers(snapshot, ruleset));
        TranslationSide[] sides = [.. Sides(snapshot, ruleset, dispatch, peers, changed)];
        long cells = sides.Sum(s => s.Count), step = Math.Max(1, (cells + most - 1) / most);
        while (step > 1 && Array.Exists(sides, s => !s.IsSpreadBy(step)))
        {
            step++;
        }

        NftMachine machine = new(rules);
        Dictionary<string, NftChain> chains = ChainsByName(ruleset, rules);
        List<TranslationDifference> differences = [];
        long tried = 0, begin = 0, next = 0;
        foreach (TranslationSide side in sides)
        {
            NftChain chain = chains[side.Chain];
            for (; next < begin + side.Count && differences.Count < TranslationReport.MaxDifferences; next += step)
            {
                TranslationCell cell = side[next - begin];
                tried++;
                ChainOutcome outcome = machine.RunChain(chain, Hook.Forward, cell.ToState());
                bool isAllowed = cell.IsAllowedByPolicy();
                if ((outcome.Verdict == NftVerdict.Accept) != isAllowed && differences.Count < TranslationReport.MaxDifferences)
                {
                    string? rule = outcome.NamedRules.Count > 0 ? outcome.NamedRules[^1].Comment : null;
                    differences.Add(new TranslationDifference(side.Policy.Endpoint.Name, side.Policy.Direction, cell.ToRequest(), isAllowed, rule));
                }
            }

            begin += side.Count;
        }

        // Where no hook leads to anything else, and no address is another's, nothing is new.
        if (changed is null || changed.HasMoved || ruleset.Table.Chains.Any(c => c.Hook is not null && !changed.IsSame(c.Name)))
        {
            HookCheck hooks = new(snapshot, ruleset, rules, chains, dispatch, peers, epochs, differences);
            hooks.TryCells(Math.Max(1, most / HostShare), chain => changed is { HasMoved: false } && changed.IsSame(chain));
            hooks.TryWays();
            (cells, tried) = (cells + hooks.Cells, tried + hooks.Tried);
        }

        return new TranslationReport(cells, tried, [.. differences]);
    }

    private static IEnumerable<TranslationSide> Sides(Snapshot snapshot, CompiledRuleset ruleset, Dispatch dispatch, TranslationPeers peers, ChangedParts? changed)
    {
        Dictionary<(string Chain, IpFamily Family), IpAddress> first = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints.Where(e => e.IsWorkload && e.Node == ruleset.Node))
        {
            string name = InterfaceNames.Of(endpoint, ruleset.Options.WorkloadInterfacePrefix);
            foreach (IpAddress address in endpoint.Addresses.AsEnumerable())
            {
                foreach (Direction direction in (Direction[])[Direction.Egress, Direction.Ingress])
                {
                    if (dispatch.ChainOf(name, address, direction) is { } chain)
                    {
                        // The first workload of a chain was not tried towards itself.
                        bool isFirst = first.TryAdd((chain, address.Family), address), isKnown = changed?.IsSame(chain) == true;
                        yield return new TranslationSide(
                            peers, endpoint, address, direction, chain, isFirst && !isKnown ? 1 : Stride, first[(chain, address.Family)], isKnown ? changed!.Moved : null);
                    }
                }
            }
        }
    }

    private static Dictionary<string, NftChain> ChainsByName(CompiledRuleset ruleset, NftRuleset rules)
    {
        Dictionary<string, NftChain> loaded = rules.Tables.First(t => t.Name == ruleset.Table.Name).Chains.ToDictionary(c => c.Name, StringComparer.Ordinal);
        return ruleset.Table.Chains.AsEnumerable().ToDictionary(c => c.Name, c => loaded[c.IsShared || c.Hook is not null ? c.Name : c.Name + "_1"], StringComparer.Ordinal);
    }

    /// <summary>One address of each kind: of each class of endpoints, each node, both sides of each border of a block, and what the compiler took for examples.</summary>
    private static IpAddress[] Peers(Snapshot snapshot, CompiledRuleset ruleset)
    {
        SortedSet<IpAddress> peers = [.. ruleset.Identities.Select(i => i.Example)];
        HashSet<(int, IpFamily)> classes = [];
        foreach (Endpoint endpoint in snapshot.Cluster.Endpoints)
        {
            foreach (IpAddress address in endpoint.Addresses)
            {
                if (classes.Add((snapshot.ClassIdOf(endpoint.Index), address.Family)) || snapshot.Members.Of(address).Length > 1)
                {
                    peers.Add(address);
                }
            }
        }

        foreach (IpAddress address in snapshot.Cluster.Nodes.SelectMany(n => n.Addresses))
        {
            peers.Add(address);
        }

        foreach (IpPrefix block in Blocks(snapshot, ruleset.Node))
        {
            IpFamily family = block.Family;
            UInt128 last = (family == IpFamily.IPv4 ? IpPrefix.AllIPv4 : IpPrefix.AllIPv6).Last.Value;
            peers.Add(block.First);
            peers.Add(block.Last);
            if (block.First.Value > 0)
            {
                peers.Add(IpAddress.From(family, block.First.Value - 1));
            }

            if (block.Last.Value < last)
            {
                peers.Add(IpAddress.From(family, block.Last.Value + 1));
            }
        }

        return [.. peers];
    }

    private static HashSet<IpPrefix> Blocks(Snapshot snapshot, string node)
    {
        HashSet<EndpointProgram> programs = [];
        HashSet<IpPrefix> blocks = [.. snapshot.Cluster.Selectables.OfType<NetworkSet>().SelectMany(s => s.Nets)];
        foreach ((Endpoint endpoint, PolicyStage stage) in snapshot.Cluster.Endpoints.Where(e => e.Node == node)
            .SelectMany(e => e.IsWorkload ? [(e, PolicyStage.Normal)] : Enum.GetValues<PolicyStage>().Select(s => (e, s))))
        {
            foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Egress, Direction.Ingress])
            {
                EndpointProgram program = snapshot.ProgramOf(endpoint, stage, direction);
                if (programs.Add(program))
                {
                    foreach (DecisionLine line in program.Decisions.Lines)
                    {
                        blocks.UnionWith([.. line.Match.Source.Nets ?? [], .. line.Match.Source.NotNets ?? [], .. line.Match.Destination.Nets ?? [], .. line.Match.Destination.NotNets ?? []]);
                    }
                }
            }
        }

        return blocks;
    }
}
