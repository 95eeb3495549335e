namespace NetPolicy.Manifests.Nodes;

/// <summary>Takes the documents of a text one after the other, and the items of a List each as soon as it is read.</summary>
internal interface IDocumentSink
{
    /// <summary>What is read of an object of this type.</summary>
    NodeFilter FilterFor(string apiVersion, string kind);

    /// <summary>A document begins; if it turns out to be a List, the items that come are its items.</summary>
    void BeginItems();

    /// <summary>An item of the document that is being read.</summary>
    /// <param name="item">The item.</param>
    /// <param name="listVersion">The <c>apiVersion</c> written before the items, if there is one.</param>
    /// <param name="listKind">The <c>kind</c> written before the items, if there is one.</param>
    void Item(ManifestNode item, string? listVersion, string? listKind);

    /// <summary>A document ends; where its items came one by one, <c>items</c> is an empty list in it.</summary>
    void Document(NodeDocument document);
}
