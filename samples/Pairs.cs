using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>Producers and consumers known by one label.</summary>
public static class Pairs
{
    #region pair
    // Pods labelled `search: producer` serve pods labelled `search: consumer`, on the container port named http.
    public static readonly Role Search = Namespace("search").Role("search").Serves(Tcp(9200).Named("http").ByName)
        .ConsumedIn(Namespace("search"), Namespace("shop"));

    // A workload plays as many roles as it carries labels.
    public static readonly Workload Indexer = Namespace("shop").Workload("indexer", Label("app").Is("indexer")).Carrying(Search.Consumer);

    public static PolicySet Policies => PolicySet.Define("search",
    [
        Search.Pair(),                                       // search-producer, and search-consumer in both namespaces
        Namespace("shop").AllowDns(),                        // a consumer without DNS resolves nothing
    ]);
    #endregion
}
