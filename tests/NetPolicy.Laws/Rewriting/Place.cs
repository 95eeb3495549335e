using NetPolicy.Manifests;

namespace NetPolicy.Laws.Rewriting;

/// <summary>Where a part of a document stands.</summary>
/// <param name="Document">The document.</param>
/// <param name="Owner">The type that has the field; null for the document itself.</param>
/// <param name="Field">The name of its property; the items of a list stand where the list stands.</param>
public readonly record struct Place(Manifest Document, Type? Owner, string Field);
