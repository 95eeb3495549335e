using NetPolicy.Analysis;
using NetPolicy.Collections;
using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Rewriting;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using Xunit;
using World = NetPolicy.Laws.World;

namespace NetPolicy.Core.Tests.Laws;

/// <summary>One more pod like another changes nothing for anybody, and is treated like its twin.</summary>
public sealed class ReplicaTests
{
    private static readonly WorldShape Everything = WorldShape.All;

    [Fact]
    public void A_twin_is_treated_like_its_twin_and_changes_nothing_for_others()
    {
        Coverage coverage = new(("twins", 25), ("allowed", 20), ("denied", 20));
        Law.ForAll(Any.Plain(Everything, 24), coverage, @case =>
        {
            if (Replica.Of(@case) is not { } replica)
            {
                return null;
            }

            coverage.Saw("twins");
            Snapshot before = Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine());
            Snapshot after = Snapshot.Of(replica.World.Manifests, @case.Choices.ToEngine());

            // What a pod sends to a Service may come back to itself; with a twin it also reaches that.
            Case others = @case with { Flows = [.. @case.Flows.Where(flow => !replica.Concerns(flow.From) || !IsTranslated(before, flow))] };
            string[] expected = Answers.PassesOf(others, before);
            Answers.Note(expected, coverage);
            if (Answers.Difference(others, expected, Answers.PassesOf(others, after)) is { } changed)
            {
                return $"others: {changed}\nwith {replica.Name}:\n{replica.World}";
            }

            // A pod that speaks to itself is no pod that speaks to its twin.
            Case of = @case with { Flows = [.. @case.Flows.Where(flow => replica.Concerns(flow.From) != replica.Concerns(flow.To))] };
            Case ofTwin = of with { Flows = [.. of.Flows.Select(flow => flow with { From = replica.Map(flow.From), To = replica.Map(flow.To) })] };
            return Answers.Difference(ofTwin, Answers.PassesOf(of, after), Answers.PassesOf(ofTwin, after)) is { } differs
                ? $"the twin: {differs}\nwith {replica.Name}:\n{replica.World}"
                : null;
        });
    }

    [Fact]
    public void A_twin_joins_the_group_of_its_twin_and_the_matrix_stays()
    {
        Coverage coverage = new(("twins", 25));
        Law.ForAll(Any.Plain(WorldShape.All, 0), coverage, with =>
        {
            // Without Services: a pod may reach itself through one, which a group of one pod does not tell.
            Case @case = with with { World = with.World with { Manifests = with.World.Manifests.Where(m => m is not ServiceManifest).ToEquatableArray() } };
            if (Replica.Of(@case) is not { } replica)
            {
                return null;
            }

            coverage.Saw("twins");
            Connectivity grown = Connectivity.Of(Snapshot.Of(replica.World.Manifests, @case.Choices.ToEngine()));
            if (!grown.Groups.Single(group => group.Members.Contains(replica.Name)).Members.Contains(replica.Twin))
            {
                return $"{replica.Name} is not in the group of its twin\n{replica.World}";
            }

            string[] before = Lines(Connectivity.Of(Snapshot.Of(@case.World.Manifests, @case.Choices.ToEngine())), replica);
            string[] after = Lines(grown, replica);
            return before.SequenceEqual(after) ? null : $"before:\n{string.Join("\n", before)}\nafter:\n{string.Join("\n", after)}\nwith {replica.Name}:\n{replica.World}";
        });
    }

    private static bool IsTranslated(Snapshot snapshot, FlowRequest flow) => snapshot.TryResolve(flow, out Flow resolved, out _) && snapshot.Evaluate(resolved).Backend is not null;

    // Connections between endpoints, pair by pair, without the new one.
    private static string[] Lines(Connectivity matrix, Replica replica) =>
    [
        .. from connection in matrix.Connections
           from source in connection.From.Members
           from destination in connection.To.Members
           where source != destination && source != replica.Name && destination != replica.Name
           let line = $"{source} -> {destination}: {connection.Allow.ByProtocol} {connection.Families}"
           orderby line
           select line,
    ];

    /// <summary>A world with one more pod.</summary>
    private sealed record Replica(World World, string Twin, string Name, IReadOnlyDictionary<string, string> Ends)
    {
        public static Replica? Of(Case @case)
        {
            World world = @case.World;
            string[] taken = [.. world.All<PodManifest>().SelectMany(pod => pod.Addresses)];
            string[] overridden = [.. world.All<WorkloadEndpointManifest>().Where(w => w.Spec?.Pod is not null).Select(w => $"{w.EffectiveNamespace}/{w.Spec!.Pod}")];
            PodManifest[] candidates =
            [
                .. world.All<PodManifest>().Where(pod => !pod.Spec.HostNetwork
                    && !pod.Addresses.IsEmpty
                    && pod.Phase is null or "Running"
                    && !overridden.Contains(NameOf(pod))
                    && pod.Addresses.All(address => taken.Count(other => other == address) == 1)),
            ];
            if (candidates.Length == 0)
            {
                return null;
            }

            PodManifest twin = new Dice(world.Spelling).PickFrom(candidates);
            string[] blocks = BlocksOf(world);
            Dictionary<string, string> ends = new(StringComparer.Ordinal) { [NameOf(twin)] = NameOf(twin) + "-twin" };
            foreach (string address in twin.Addresses)
            {
                string? free = Enumerable.Range(100, 150)
                    .Select(i => address.Contains(':', StringComparison.Ordinal) ? FormattableString.Invariant($"fd00::{i:x}") : FormattableString.Invariant($"10.0.0.{i}"))
                    .Concat(Enumerable.Range(13, 20).Select(i => FormattableString.Invariant($"10.0.0.{i}")).Where(_ => !address.Contains(':', StringComparison.Ordinal)))
                    .FirstOrDefault(other => !taken.Contains(other) && blocks.All(block => Lies(other, block) == Lies(address, block)));
                if (free is null)
                {
                    return null;
                }

                ends[address] = free;
            }

            PodManifest copy = twin with
            {
                Metadata = twin.Metadata with { Name = twin.Metadata.Name + "-twin" },
                Addresses = twin.Addresses.Select(address => ends[address]).ToEquatableArray(),
            };
            return new Replica(world with { Manifests = world.Manifests.Add(copy) }, NameOf(twin), NameOf(copy), ends);
        }

        public bool Concerns(string end) => Ends.ContainsKey(end);

        public string Map(string end) => Ends.GetValueOrDefault(end, end);

        private static string NameOf(PodManifest pod) => $"{pod.EffectiveNamespace}/{pod.Metadata.Name}";

        private static bool Lies(string address, string block) => System.Net.IPNetwork.TryParse(block, out System.Net.IPNetwork network)
            ? network.Contains(System.Net.IPAddress.Parse(address))
            : block == address;

        // Every block and address that some document but pods and Services name.
        private static string[] BlocksOf(World world)
        {
            List<string> blocks = [];
            foreach (Manifest manifest in world.Manifests)
            {
                _ = Rewriter.Rewrite(manifest, (part, place) =>
                {
                    if (part is string text && place.Document is not PodManifest && (text.Contains('.', StringComparison.Ordinal) || text.Contains("::", StringComparison.Ordinal)))
                    {
                        string[] parts = text.Split('/');
                        blocks.Add(parts.Length == 2 && System.Net.IPAddress.TryParse(parts[0], out System.Net.IPAddress? first) ? Masked(first, parts[1]) : text);
                    }

                    if (part is EquatableMap<EquatableArray<string>> names)
                    {
                        blocks.AddRange(names.SelectMany(name => name.Value));
                    }

                    return part;
                });
            }

            return [.. blocks.Distinct()];
        }

        private static string Masked(System.Net.IPAddress address, string length)
        {
            byte[] bytes = address.GetAddressBytes();
            int bits = int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
            for (int i = 0; i < bytes.Length; i++)
            {
                int kept = Math.Clamp(bits - (i * 8), 0, 8);
                bytes[i] &= (byte)(0xFF << (8 - kept));
            }

            return $"{new System.Net.IPAddress(bytes)}/{length}";
        }
    }
}
