namespace NetPolicy.Analysis;

/// <summary>What a Service's address is to an analysis.</summary>
internal enum ServiceView : byte
{
    /// <summary>Connections to it end at the Service's backends, as dialled.</summary>
    Translated = 0,

    /// <summary>An outside address like its neighbours: what becomes of the backends is said of the backends.</summary>
    Address,
}
