using NetPolicy.Collections;
using NetPolicy.Manifests.Inventory;
using Backend = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Inventory.ServiceBackend>;
using Ingress = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.IngressCodecs.IngressShape>;
using Path = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.IngressCodecs.PathShape>;
using Route = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.IngressCodecs.RouteShape>;
using Rule = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.IngressCodecs.RuleShape>;
using Target = NetPolicy.Manifests.Codecs.Fields<NetPolicy.Manifests.Codecs.IngressCodecs.TargetShape>;

namespace NetPolicy.Manifests.Codecs;

/// <summary>The shapes of Ingress and Route, read for the Services they lead to.</summary>
internal static class IngressCodecs
{
    private static readonly ObjectCodec<ServiceBackend> BackendCodec = new(
        new ServiceBackend(),
        Backend.Nested(
            "service",
            Backend.Text("name", b => b.Service, (b, v) => b with { Service = v }),
            Backend.Nested(
                "port",
                Backend.Int32("number", b => b.ServicePort is { IsNumber: true } port ? port.Number : null, (b, v) => b with { ServicePort = IntOrString.Of(v) }),
                Backend.Text("name", b => b.ServicePort?.Text, (b, v) => b with { ServicePort = IntOrString.Of(v) }))));

    private static readonly ObjectCodec<RuleShape> RuleCodec = new(
        new RuleShape(),
        Rule.Nested(
            "http",
            Rule.Optional(
                "paths",
                new ObjectCodec<PathShape>(new PathShape(), Path.Object("backend", BackendCodec, p => p.Backend, (p, v) => p with { Backend = v })),
                r => r.Paths,
                (r, v) => r with { Paths = v })));

    private static readonly ObjectCodec<IngressShape> IngressSpec = new(
        new IngressShape(),
        Ingress.Object("defaultBackend", BackendCodec, i => i.Default, (i, v) => i with { Default = v }),
        Ingress.Optional("rules", RuleCodec, i => i.Rules, (i, v) => i with { Rules = v }));

    private static readonly ObjectCodec<TargetShape> TargetCodec = new(
        new TargetShape(),
        Target.Text("kind", t => t.Kind, (t, v) => t with { Kind = v }),
        Target.Text("name", t => t.Name, (t, v) => t with { Name = v }));

    private static readonly ObjectCodec<RouteShape> RouteSpec = new(
        new RouteShape(),
        Route.Object("to", TargetCodec, r => r.To, (r, v) => r with { To = v }),
        Route.Optional("alternateBackends", TargetCodec, r => r.Others, (r, v) => r with { Others = v }),
        Route.Nested("port", Route.IntOrString("targetPort", r => r.TargetPort, (r, v) => r with { TargetPort = v })));

    public static readonly Field<IngressManifest> IngressField = Of(new MappedCodec<IngressShape, EquatableArray<ServiceBackend>>(IngressSpec, FromIngress, ToIngress));

    public static readonly Field<IngressManifest> RouteField = Of(new MappedCodec<RouteShape, EquatableArray<ServiceBackend>>(RouteSpec, FromRoute, ToRoute));

    private static Field<IngressManifest> Of(Codec<EquatableArray<ServiceBackend>> codec) =>
        Fields<IngressManifest>.Value("spec", codec, m => m.Backends.IsEmpty ? null : m.Backends, (m, v) => m with { Backends = v });

    private static EquatableArray<ServiceBackend> FromIngress(IngressShape shape)
    {
        IEnumerable<ServiceBackend?> all = [shape.Default, .. shape.Rules.SelectMany(rule => rule.Paths).Select(path => path.Backend)];
        return all.OfType<ServiceBackend>().Where(backend => backend.Service is not null).ToEquatableArray();
    }

    private static IngressShape ToIngress(EquatableArray<ServiceBackend> backends) => new()
    {
        Rules = [new RuleShape { Paths = backends.Select(backend => new PathShape { Backend = backend }).ToEquatableArray() }],
    };

    private static EquatableArray<ServiceBackend> FromRoute(RouteShape shape)
    {
        IEnumerable<TargetShape?> all = [shape.To, .. shape.Others];
        return all.OfType<TargetShape>()
            .Where(target => target.Kind is null or "Service" && target.Name is not null)
            .Select(target => new ServiceBackend { Service = target.Name, TargetPort = shape.TargetPort })
            .ToEquatableArray();
    }

    private static RouteShape ToRoute(EquatableArray<ServiceBackend> backends)
    {
        IEnumerable<TargetShape> targets = backends.Select(backend => new TargetShape { Kind = "Service", Name = backend.Service });
        return new RouteShape { To = targets.FirstOrDefault(), Others = targets.Skip(1).ToEquatableArray(), TargetPort = backends.IsEmpty ? null : backends[0].TargetPort };
    }

    internal sealed record IngressShape
    {
        public ServiceBackend? Default { get; init; }

        public EquatableArray<RuleShape> Rules { get; init; }
    }

    internal sealed record RuleShape
    {
        public EquatableArray<PathShape> Paths { get; init; }
    }

    internal sealed record PathShape
    {
        public ServiceBackend? Backend { get; init; }
    }

    internal sealed record RouteShape
    {
        public TargetShape? To { get; init; }

        public EquatableArray<TargetShape> Others { get; init; }

        public IntOrString? TargetPort { get; init; }
    }

    internal sealed record TargetShape
    {
        public string? Kind { get; init; }

        public string? Name { get; init; }
    }
}
