using NetPolicy.Analysis;
using NetPolicy.Benchmarks.Worlds;
using NetPolicy.Engine;
using NetPolicy.Manifests;
using World = NetPolicy.Benchmarks.Worlds.World;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>A world, and what has been made of it so far. Rows of one group share it, in their order.</summary>
public sealed class Stage(string worldName, WorldSize size)
{
    private World? _world;
    private PolicyEngine? _engine;
    private Connectivity? _matrix;

    /// <summary>How much of the world is made.</summary>
    public WorldSize Size { get; } = size;

    /// <summary>The world; made again after <see cref="ReleaseDocuments"/>.</summary>
    public World World => _world ??= WorldCatalog.Make(worldName, Size);

    /// <summary>An engine that knows the world.</summary>
    public PolicyEngine Engine => _engine ??= IndexWork.Index(World.Manifests);

    /// <summary>The matrix of the engine's newest snapshot when it was first asked for.</summary>
    public Connectivity Matrix
    {
        get => _matrix ??= MatrixWork.Full(Engine.Current);
        set => _matrix = value;
    }

    /// <summary>A smaller world of the same kind, to warm up with.</summary>
    public World SmallWorld => WorldCatalog.Make(worldName, Size with { Scale = Size.Scale * 0.02 });

    /// <summary>Takes an engine that has been made already.</summary>
    public void Take(PolicyEngine? engine)
    {
        _engine = engine;
        _matrix = null;
    }

    /// <summary>Lets go of the documents.</summary>
    public void ReleaseDocuments() => _world = null;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _world = null;
        Take(null);
    }
}
