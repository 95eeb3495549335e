using NetPolicy.Demo.Stages;

namespace NetPolicy.Demo.Output;

/// <summary>Ends in few words.</summary>
internal static class Names
{
    /// <summary>An end; the addresses that stand for the Internet are called so.</summary>
    public static string Of(string end) => StageProbe.Internet.Any(address => address.ToString() == end) ? "Internet" : end;
}
