using NetPolicy.Analysis;
using NetPolicy.Dsl;
using NetPolicy.Engine;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>Asking a set what it does.</summary>
public static class Explaining
{
    #region explain
    public static string WhyNot()
    {
        PolicySnapshot shop = Shop.Policies.On(ImpliedCluster.Of(Shop.Web, Shop.Api, Shop.Db));

        Explanation explanation = shop.Explain(new FlowRequest { From = "shop/web", To = "shop/db", Port = 5432 });
        EndDecision decider = explanation.Evaluation.Decider;

        return $"{explanation.Evaluation.Verdict} at {decider.Direction}: {decider.By?.Id}";    // Deny at Egress: NetworkPolicy shop/deny-all
    }
    #endregion

    #region allows
    public static bool WebReachesTheDatabase() =>
        Shop.Policies.On(ImpliedCluster.Of(Shop.Web, Shop.Api, Shop.Db)).Allows(Shop.Web, Shop.Db, Tcp(5432));
    #endregion
}
