using NetPolicy.Manifests;

namespace NetPolicy.Inventory;

/// <summary>One document that came, went or was replaced.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Old">What was known under it; null if nothing was.</param>
/// <param name="New">What is known now; null if it is gone.</param>
internal readonly record struct DocumentChange(ObjectId Id, Manifest? Old, Manifest? New);
