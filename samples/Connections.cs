using NetPolicy.Dsl;
using static NetPolicy.Dsl.Syntax;

namespace Samples;

/// <summary>The shop once more, each connection said once.</summary>
public static class Connections
{
    #region connections
    public static PolicySet Policies => PolicySet.Define("shop-connections",
    [
        Namespace("shop").DenyAll(),
        Namespace("shop").AllowDns(),
        Connect(Shop.Web).To(Shop.Api).On(Tcp(8080)),        // egress of web and ingress of api, never half
        Connect(Shop.Api).To(Shop.Db).On(Tcp(5432)),
    ]);
    #endregion
}
