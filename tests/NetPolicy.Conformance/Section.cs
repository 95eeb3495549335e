namespace NetPolicy.Conformance;

/// <summary>A section of a specification and its rows.</summary>
/// <param name="Number">As the specification numbers it: <c>5.2</c>.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Rows">Its statements, in the order of the specification.</param>
public sealed record Section(string Number, string Title, IReadOnlyList<Row> Rows);
