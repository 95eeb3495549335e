using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Inventory;
using NetPolicy.Manifests;
using Xunit;

namespace NetPolicy.Core.Tests.Manifests;

public sealed class InventoryReadingTests
{
    [Fact]
    public void A_pod_shows_labels_ports_addresses_and_readiness()
    {
        PodManifest pod = Read<PodManifest>("""
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: x, labels: {app: web}, deletionTimestamp: "2024-01-01T00:00:00Z"}
            spec:
              initContainers:
              - {name: setup, ports: [{containerPort: 1, name: init}]}
              - {name: proxy, restartPolicy: Always, ports: [{containerPort: 2}]}
              containers:
              - {name: main, image: x, ports: [{containerPort: 80, name: http, protocol: TCP}]}
              - {name: side, ports: [{containerPort: 53, protocol: UDP}]}
              hostNetwork: true
              nodeName: n1
              serviceAccountName: sa
            status:
              phase: Running
              podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]
              podIP: 10.0.0.1
              conditions: [{type: Ready, status: "False"}, {type: Initialized, status: "True"}]
            """);
        Assert.Equal(
            [
                new ContainerPort { Name = "http", Number = 80, Protocol = "TCP" },
                new ContainerPort { Number = 53, Protocol = "UDP" },
                new ContainerPort { Name = "init", Number = 1, OfInitContainer = true },
                new ContainerPort { Number = 2 },
            ],
            pod.Spec.Ports);
        Assert.Equal(["10.0.0.1", "fd00::1"], pod.Addresses);
        Assert.Equal(("n1", "sa", true, false, "Running", true), (pod.Spec.NodeName, pod.Spec.ServiceAccountName, pod.Spec.HostNetwork, pod.IsReady, pod.Phase, pod.Metadata.IsDeleting));
    }

    [Fact]
    public void A_pod_without_status_has_no_phase_and_no_address()
    {
        PodManifest pod = Read<PodManifest>("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c}]}\n");
        Assert.Null(pod.Phase);
        Assert.Empty(pod.Addresses);
        Assert.True(pod.IsReady);
    }

    [Fact]
    public void Single_addresses_count_where_the_list_is_missing()
    {
        Assert.Equal(["10.0.0.1"], Read<PodManifest>("apiVersion: v1\nkind: Pod\nstatus: {podIP: 10.0.0.1}\n").Addresses);
        Assert.Equal(["10.1.0.0/24"], Read<NodeManifest>("apiVersion: v1\nkind: Node\nspec: {podCIDR: 10.1.0.0/24}\n").PodCidrs);
        Assert.Equal(["None"], Read<ServiceManifest>("apiVersion: v1\nkind: Service\nspec: {clusterIP: None}\n").ClusterIPs);
        Assert.Equal(["1.2.3.4"], Read<ServiceManifest>("apiVersion: v1\nkind: Service\nspec: {loadBalancerIP: 1.2.3.4}\n").LoadBalancerIPs);
    }

    [Fact]
    public void A_node_keeps_internal_and_external_addresses()
    {
        NodeManifest node = Read<NodeManifest>("apiVersion: v1\nkind: Node\nstatus: {addresses: [{type: InternalIP, address: 1.1.1.1}, {type: Hostname, address: node-1}, {type: ExternalIP, address: 2.2.2.2}]}\n");
        Assert.Equal(["1.1.1.1", "2.2.2.2"], node.Addresses);
    }

    [Fact]
    public void A_service_shows_what_its_backends_need()
    {
        ServiceManifest service = Read<ServiceManifest>("""
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              type: LoadBalancer
              selector: {app: web}
              clusterIPs: [10.96.0.1]
              clusterIP: 10.96.0.9
              externalIPs: [9.9.9.9]
              loadBalancerIP: 1.2.3.4
              externalTrafficPolicy: Local
              publishNotReadyAddresses: true
              ports: [{name: http, port: 80, targetPort: web, nodePort: 30000, protocol: TCP}, {port: 81, targetPort: 8081}]
            status: {loadBalancer: {ingress: [{ip: 5.5.5.5}, {hostname: x}]}}
            """);
        Assert.Equal(["10.96.0.1"], service.ClusterIPs);
        Assert.Equal(["5.5.5.5"], service.LoadBalancerIPs);
        Assert.Equal(IntOrString.Of("web"), service.Ports[0].TargetPort);
        Assert.Equal(IntOrString.Of(8081), service.Ports[1].TargetPort);
        Assert.Equal(30000, service.Ports[0].NodePort);
        Assert.True(service.PublishNotReadyAddresses);
    }

    [Fact]
    public void An_endpoint_slice_shows_addresses_and_readiness()
    {
        EndpointSliceManifest slice = Read<EndpointSliceManifest>("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
            addressType: IPv4
            endpoints: [{addresses: [1.1.1.1], conditions: {ready: false}}, {addresses: [1.1.1.2]}]
            ports: [{name: http, port: 80, protocol: TCP}, {port: null}]
            """);
        Assert.Equal("s", slice.ServiceName);
        Assert.Equal([false, true], slice.Endpoints.Select(e => e.IsReady));
        Assert.Equal([80, 0], slice.Ports.Select(p => p.Port));
    }

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("apps/v1", "ReplicaSet")]
    [InlineData("apps/v1", "StatefulSet")]
    [InlineData("apps/v1", "DaemonSet")]
    [InlineData("batch/v1", "Job")]
    [InlineData("v1", "ReplicationController")]
    public void Workloads_show_their_pod_template(string apiVersion, string kind)
    {
        WorkloadManifest workload = Read<WorkloadManifest>(
            $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: w}}\nspec: {{replicas: 2, template: {{metadata: {{labels: {{app: w}}, name: x}}, spec: {{nodeName: n1, containers: [{{ports: [{{containerPort: 1}}]}}]}}}}}}\n");
        Assert.Equal((apiVersion, kind), (workload.ApiVersion, workload.Kind));
        Assert.Equal("w", workload.TemplateLabels!.Value.AsSpan()[0].Value);
        Assert.Equal(1, workload.Template.Ports[0].Number);
    }

    [Fact]
    public void A_cron_job_shows_the_template_of_its_jobs()
    {
        WorkloadManifest workload = Read<WorkloadManifest>("apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {metadata: {labels: {app: w}}}}}}\n");
        Assert.True(workload.TemplateLabels!.Value.ContainsKey("app"));
    }

    [Fact]
    public void Felix_configuration_shows_what_changes_verdicts()
    {
        FelixConfigurationManifest felix = Read<FelixConfigurationManifest>(
            "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {bpfEnabled: true, defaultEndpointToHostAction: Return, failsafeInboundHostPorts: [{protocol: tcp, port: 22, net: 10.0.0.0/8}], failsafeOutboundHostPorts: []}\n");
        Assert.Equal("Return", felix.DefaultEndpointToHostAction);
        Assert.Equal(22, felix.FailsafeInboundHostPorts!.Value[0].Port);
        Assert.Empty(felix.FailsafeOutboundHostPorts!.Value);
    }

    [Fact]
    public void An_ingress_shows_the_services_it_leads_to()
    {
        IngressManifest ingress = Read<IngressManifest>("""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: i}
            spec:
              tls: [{hosts: [a]}]
              rules:
              - {host: a, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {backend: {resource: {kind: X}}}]}}
              defaultBackend: {service: {name: fallback, port: {name: http}}}
            """);
        Assert.Equal(
            [new ServiceBackend { Service = "fallback", ServicePort = IntOrString.Of("http") }, new ServiceBackend { Service = "web", ServicePort = IntOrString.Of(80) }],
            ingress.Backends);
    }

    [Fact]
    public void A_route_shows_the_services_it_leads_to()
    {
        IngressManifest route = Read<IngressManifest>(
            "apiVersion: route.openshift.io/v1\nkind: Route\nspec: {to: {kind: Service, name: a, weight: 1}, alternateBackends: [{name: b}], port: {targetPort: web}, host: x}\n");
        Assert.Equal(["a web", "b web"], route.Backends.Select(b => $"{b.Service} {b.TargetPort}"));
    }

    [Fact]
    public void Stored_Calico_objects_get_back_their_labels_and_names()
    {
        HostEndpointManifest endpoint = Read<HostEndpointManifest>(
            "apiVersion: crd.projectcalico.org/v1\nkind: HostEndpoint\nmetadata:\n  name: a\n  annotations:\n    projectcalico.org/metadata: '{\"labels\":{\"role\":\"ingress\"},\"annotations\":{\"k\":\"v\"}}'\nspec: {node: node-1}\n");
        Assert.True(endpoint.Metadata.Labels!.Value.ContainsKey("role"));
        Assert.Equal("{k: v}", endpoint.Metadata.Annotations.ToString());
        Assert.Equal("x", Policy("default.x", "", ""));
        Assert.Equal("default.x", Policy("default.x", "{\"name\":\"default.x\"}", ""));
        Assert.Equal("default.x", Policy("default.x", "", "tier: t"));

        static string? Policy(string name, string stored, string spec) => Read<CalicoPolicyManifest>(
            $"apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {{name: {name}, annotations: {{projectcalico.org/metadata: '{stored}'}}}}\nspec: {{{spec}}}\n").Metadata.Name;
    }

    private static T Read<T>(string text)
        where T : Manifest
    {
        ManifestReadResult result = ManifestReader.Read(text);
        Assert.Empty(result.Diagnostics);
        return (T)Assert.Single(result.Manifests);
    }
}
