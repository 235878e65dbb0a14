package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.ShutdownConfig.OnExit;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ConfigMaps against the daemon, and against the Services that they name. */
@Tag("unit")
class ConfigMapTest {
    private static final String RECEIVERS = "example-receivers.yaml";
    private static final String BUDGET = "overlays/example-receivers/pod-disruption-budget.yaml";

    @ParameterizedTest
    @EnumSource
    void shouldBeValid(Variant variant) throws InvalidConfigException {
        Config config = variant.config();

        assertEquals(Set.of("config.yaml"), variant.configMap().getData().keySet());
        assertEquals(1, config.listeners().size());
        assertEquals(OnExit.KEEP, config.shutdown().onExit());
    }

    @Test
    void shouldInterceptWhereTheirNamesSay() throws InvalidConfigException {
        ListenerConfig metallb = Variant.METALLB.listener();
        ListenerConfig hostNetwork = Variant.HOST_NETWORK.listener();

        assertTrue(metallb.isOnDummyInterface() && metallb.publish().isPresent());
        assertTrue(hostNetwork.isWildcard() && hostNetwork.publish().isEmpty());
        assertTrue(Variant.VIP_DIRECT.listener().vipDirect());
        assertEquals(hostNetwork.interfaces(), Variant.VIP_DIRECT.listener().interfaces());
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindTheExampleReceivers(Variant variant) throws InvalidConfigException {
        KubernetesSource source = variant.listener().receivers().kubernetes().orElseThrow();
        Service service = Manifests.only(Service.class, RECEIVERS);
        ServicePort port = service.getSpec().getPorts().getFirst();

        assertEquals(Optional.of(service.getMetadata().getNamespace()), source.namespace());
        assertEquals(service.getMetadata().getName(), source.service());
        assertEquals(port.getName(), source.port().toString());
        assertEquals("UDP", port.getProtocol());
    }

    @Test
    void shouldHaveReceiversThatTheirServiceSelects() {
        Service service = Manifests.only(Service.class, RECEIVERS);
        Deployment deployment = Manifests.only(Deployment.class, RECEIVERS);
        PodDisruptionBudget budget = Manifests.only(PodDisruptionBudget.class, BUDGET);
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();

        assertEquals("None", service.getSpec().getClusterIP());
        assertTrue(labels.entrySet().containsAll(service.getSpec().getSelector().entrySet()));
        assertEquals(labels, deployment.getSpec().getSelector().getMatchLabels());
        assertEquals(labels, budget.getSpec().getSelector().getMatchLabels());
        assertEquals(
                deployment.getMetadata().getNamespace(), service.getMetadata().getNamespace());
        assertEquals(
                deployment.getMetadata().getNamespace(), budget.getMetadata().getNamespace());
    }

    @Test
    void shouldHaveReceiversThatListenWhereTheServiceSays() {
        ServicePort port =
                Manifests.only(Service.class, RECEIVERS).getSpec().getPorts().getFirst();
        Container receiver = Manifests.only(Deployment.class, RECEIVERS)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
        ContainerPort listens = receiver.getPorts().getFirst();

        assertEquals(listens.getName(), port.getTargetPort().getStrVal());
        assertEquals("UDP", listens.getProtocol());
        assertEquals(List.of("receive", "--bind=[::]:" + listens.getContainerPort()), receiver.getArgs());
        assertEquals(Variant.METALLB.container().getImage(), receiver.getImage(), "one image for all");
        assertTrue(receiver.getReadinessProbe()
                .getExec()
                .getCommand()
                .contains(":%04X ".formatted(listens.getContainerPort())));
    }

    /** The guide's own names. */
    @Test
    void shouldHaveTheNamesThatTheGuideTypes() {
        Service receivers = Manifests.only(Service.class, RECEIVERS);
        Service vip = Manifests.only(Service.class, "service-metallb.yaml");

        assertEquals("udp-fanout", receivers.getMetadata().getNamespace());
        assertEquals(Map.of("app", "udp-receiver"), receivers.getSpec().getSelector());
        assertEquals("udp-fanout", vip.getMetadata().getNamespace());
        assertEquals("udp-fanout-lb", vip.getMetadata().getName());
    }

    @ParameterizedTest
    @EnumSource(names = {"METALLB", "VIP_DIRECT"})
    void shouldPublishForTheServiceThatHasTheVip(Variant variant) throws InvalidConfigException {
        ListenerConfig listener = variant.listener();
        PublishTarget target = listener.publish().orElseThrow();
        Service service = Manifests.only(Service.class, variant.serviceFile.orElseThrow());
        ServicePort port = service.getSpec().getPorts().getFirst();

        assertEquals(Optional.of(service.getMetadata().getNamespace()), target.namespace());
        assertEquals(service.getMetadata().getName(), target.service());
        assertEquals("UDP", port.getProtocol());
        assertEquals(
                listener.bind().getPort(),
                listener.vipDirect() ? port.getPort() : port.getTargetPort().getIntVal());
        assertNotEquals(
                target.service(),
                listener.receivers().kubernetes().orElseThrow().service(),
                "it would be its own receiver");
    }

    @Test
    void shouldLeaveTheVipsEndpointsToTheDaemons() {
        Service service = Manifests.only(Service.class, "service-metallb.yaml");

        assertEquals("LoadBalancer", service.getSpec().getType());
        assertEquals("Local", service.getSpec().getExternalTrafficPolicy());
        assertTrue(service.getSpec().getSelector() == null
                || service.getSpec().getSelector().isEmpty());
        assertEquals(1, service.getSpec().getPorts().size());
        assertEquals("syslog", service.getSpec().getPorts().getFirst().getName());
        assertNull(service.getSpec().getLoadBalancerIP(), "deprecated; MetalLB has an annotation");
    }
}
