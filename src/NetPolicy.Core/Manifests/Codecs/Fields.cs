using NetPolicy.Collections;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests.Codecs;

/// <summary>Makes the fields of <typeparamref name="T"/>. Null means absent both ways.</summary>
internal static class Fields<T>
    where T : class
{
    public static Field<T> Text(string name, Func<T, string?> get, Func<T, string, T> with) => Object(name, ScalarCodecs.Text, get, with);

    public static Field<T> Int32(string name, Func<T, int?> get, Func<T, int, T> with) => Value(name, ScalarCodecs.Int32, get, with);

    public static Field<T> Boolean(string name, Func<T, bool?> get, Func<T, bool, T> with) => Value(name, ScalarCodecs.Boolean, get, with);

    public static Field<T> Number(string name, Func<T, double?> get, Func<T, double, T> with) => Value(name, ScalarCodecs.Number, get, with);

    public static Field<T> IntOrString(string name, Func<T, IntOrString?> get, Func<T, IntOrString, T> with) => Value(name, ScalarCodecs.IntOrString, get, with);

    public static Field<T> TextMap(string name, Func<T, EquatableMap<string>?> get, Func<T, EquatableMap<string>, T> with) =>
        Value(name, new TextMapCodec(), get, with);

    public static Field<T> Texts(string name, Func<T, EquatableArray<string>?> get, Func<T, EquatableArray<string>, T> with) =>
        List(name, ScalarCodecs.Text, get, with);

    /// <summary>A list whose absence differs from its emptiness.</summary>
    public static Field<T> List<V>(string name, Codec<V> item, Func<T, EquatableArray<V>?> get, Func<T, EquatableArray<V>, T> with) =>
        Value(name, new ListCodec<V>(item), get, with);

    /// <summary>A list that is left out when empty.</summary>
    public static Field<T> Optional<V>(string name, Codec<V> item, Func<T, EquatableArray<V>> get, Func<T, EquatableArray<V>, T> with) =>
        List(name, item, source => get(source) is { IsEmpty: false } list ? list : null, with);

    /// <summary>A field whose type is a class.</summary>
    public static Field<T> Object<V>(string name, Codec<V> codec, Func<T, V?> get, Func<T, V, T> with)
        where V : class =>
        new Valued<V>(name, codec, source => get(source) is { } value ? codec.Write(value) : null, with);

    /// <summary>A field whose type is a struct.</summary>
    public static Field<T> Value<V>(string name, Codec<V> codec, Func<T, V?> get, Func<T, V, T> with)
        where V : struct =>
        new Valued<V>(name, codec, source => get(source) is { } value ? codec.Write(value) : null, with);

    /// <summary>An object whose fields belong to <typeparamref name="T"/> itself; left out when it would be empty.</summary>
    public static Field<T> Nested(string name, params Field<T>[] fields) => new NestedField(name, new ObjectCodec<T>(null, fields));

    /// <summary>A field that may be written and means nothing here.</summary>
    public static Field<T> Ignored(string name) => new IgnoredField(name);

    private sealed class Valued<V>(string name, Codec<V> codec, Func<T, ManifestNode?> write, Func<T, V, T> with) : Field<T>(name)
    {
        public override IFieldNames? Shape => codec.Shape;

        public override T Read(T target, ManifestNode node, ReadContext context) =>
            codec.TryRead(node, context, out V value) ? with(target, value) : target;

        public override ManifestNode? Write(T source) => write(source);
    }

    private sealed class NestedField(string name, ObjectCodec<T> codec) : Field<T>(name)
    {
        public override IFieldNames? Shape => codec;

        public override T Read(T target, ManifestNode node, ReadContext context) => codec.ReadInto(target, node, context);

        public override ManifestNode? Write(T source) => codec.Write(source) is MappingNode { Entries.Count: > 0 } node ? node : null;
    }

    private sealed class IgnoredField(string name) : Field<T>(name)
    {
        public override bool IsIgnored => true;

        public override T Read(T target, ManifestNode node, ReadContext context) => target;

        public override ManifestNode? Write(T source) => null;
    }
}
