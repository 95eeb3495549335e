using NetPolicy.Engine;
using NetPolicy.Laws;
using NetPolicy.Laws.Worlds;
using NetPolicy.Manifests;

namespace NetPolicy.Enforce.Tests.Reconcile;

/// <summary>Random batches of changes to a generated world: documents go, come back, and become what another world has under the same name.</summary>
internal sealed class ChangeMaker(ulong seed, WorldShape shape)
{
    private readonly Dice _dice = new(seed + 77);
    private readonly Manifest[] _documents =
    [
        .. Any.Make(seed, shape, 1).World.Manifests.Concat(Any.Make(seed + 500_000, shape, 1).World.Manifests)
            .Where(m => m.Id.Kind is not ("Node" or "FelixConfiguration" or "IPPool")),
    ];

    public IEnumerable<Change> Next(Snapshot snapshot)
    {
        int count = _dice.Chance(70) ? 1 : _dice.Between(1, 3);
        for (int i = 0; i < count && _documents.Length > 0; i++)
        {
            Manifest picked = _dice.PickFrom(_documents);
            yield return snapshot.Manifests.Contains(picked) && _dice.Chance(60) ? new Change.Remove(picked.Id) : new Change.Upsert(picked);
        }
    }
}
