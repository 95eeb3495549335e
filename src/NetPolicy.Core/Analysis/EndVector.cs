using NetPolicy.Engine;

namespace NetPolicy.Analysis;

/// <summary>What one program says of every peer, as numbers of <see cref="TrafficTables"/>. Numbers of peers that are met later are added; those that are there stay.</summary>
internal sealed class EndVector(EndpointProgram program, Peer self, int endpoint)
{
    public EndpointProgram Program => program;

    /// <summary>The end itself, as far as the program asks for it.</summary>
    public Peer Self { get; set; } = self;

    /// <summary>An endpoint that has the program.</summary>
    public int Endpoint { get; set; } = endpoint;

    /// <summary>By number of the peer, one more than what is said of it; 0 while that is not known.</summary>
    public int[] Inside { get; set; } = [];

    /// <summary>What is said of outside addresses.</summary>
    public OutsideRuns? Outside { get; set; }

    /// <summary>The last pass that used it.</summary>
    public int Pass { get; set; } = -1;

    /// <summary>Tables that were read already.</summary>
    public Dictionary<DecisionTable, int> Known { get; } = new(ReferenceEqualityComparer.Instance);
}

/// <summary>What is said of the tiles of the outside: each number holds from its first tile to the next one's.</summary>
internal sealed record OutsideRuns(int[] Firsts, int[] Values, object Tiles)
{
    public int this[int tile]
    {
        get
        {
            int found = Array.BinarySearch(Firsts, tile);
            return Values[found >= 0 ? found : ~found - 1];
        }
    }
}
