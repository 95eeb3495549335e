using NetPolicy.Labels;

namespace NetPolicy.Inventory;

/// <summary>A namespace that is declared or used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Profile">The profile <c>kns.NAME</c>.</param>
internal sealed record NamespaceEntry(string Name, LabelSet Labels, BuiltInProfile Profile);
