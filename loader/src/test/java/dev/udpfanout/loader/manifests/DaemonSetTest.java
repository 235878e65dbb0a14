package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.xtables.XtablesLock;
import dev.udpfanout.loader.cli.UdpFanout;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.config.InvalidConfigException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

@Tag("unit")
class DaemonSetTest {
    private static final Duration BESIDES_DRAIN = Duration.ofSeconds(15);

    private static Stream<Container> containers(Variant variant) {
        return Stream.concat(variant.pod().getInitContainers().stream(), variant.pod().getContainers().stream());
    }

    private static ParseResult parsed(Container container) {
        return new CommandLine(new UdpFanout())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(container.getArgs().toArray(String[]::new))
                .subcommand();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSelectItsOwnPods(Variant variant) {
        DaemonSetSpec spec = variant.daemonSet().getSpec();

        assertTrue(spec.getTemplate()
                .getMetadata()
                .getLabels()
                .entrySet()
                .containsAll(spec.getSelector().getMatchLabels().entrySet()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunTheProgramsOwnCommandsInItsOwnImage(Variant variant) {
        String version = version();
        for (Container container : (Iterable<Container>) containers(variant)::iterator) {
            assertEquals("udp-fanout:" + version, container.getImage());
            assertTrue(container.getCommand().isEmpty(), "the image knows its program");
            assertNotNull(parsed(container), container::getName);
        }
        assertEquals("run", parsed(variant.container()).commandSpec().name());
    }

    /** As {@code --version} prints it. */
    private static String version() {
        String line = new CommandLine(new UdpFanout()).getCommandSpec().version()[0];
        return line.substring(line.indexOf(' ') + 1);
    }

    @Test
    void shouldSetUpTheInterfaceAndAddressOfTheListener() throws InvalidConfigException {
        Container init = Variant.METALLB.pod().getInitContainers().getFirst();
        ParseResult setUp = parsed(init);

        assertEquals("setup-dummy-interface", init.getName());
        assertEquals("setup-dummy", setUp.commandSpec().name());
        assertEquals(Variant.METALLB.listener().interfaces().getFirst(), setUp.matchedOptionValue("--interface", ""));
        assertEquals(
                Variant.METALLB.listener().bind().getAddress().getHostAddress(),
                setUp.matchedOptionValue("--address", ""));
    }

    @Test
    void shouldDifferByTheInitContainerOnly() {
        DaemonSet metallb = Variant.METALLB.daemonSet();
        metallb.getSpec().getTemplate().getSpec().setInitContainers(List.of());

        assertEquals(Variant.HOST_NETWORK.daemonSet(), metallb);
    }

    @ParameterizedTest
    @EnumSource
    void shouldUseTheHostsNetwork(Variant variant) {
        assertTrue(variant.pod().getHostNetwork());
        assertEquals("ClusterFirstWithHostNet", variant.pod().getDnsPolicy());
        assertNull(variant.pod().getHostPID());
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldNoMorePrivilegesThanItNeeds(Variant variant) throws InvalidConfigException {
        Set<String> daemon = new HashSet<>(Set.of("NET_ADMIN", "BPF", "PERFMON"));
        if (variant.config().health().enabled() && variant.config().health().protocol() == Protocol.ICMP) {
            daemon.add("NET_RAW");
        }

        assertEquals(daemon, capabilities(variant.container()));
        variant.pod()
                .getInitContainers()
                .forEach(container -> assertEquals(Set.of("NET_ADMIN"), capabilities(container)));
        containers(variant).map(Container::getSecurityContext).forEach(context -> {
            assertNull(context.getPrivileged());
            assertFalse(context.getAllowPrivilegeEscalation());
            assertTrue(context.getReadOnlyRootFilesystem());
            assertEquals(List.of("ALL"), context.getCapabilities().getDrop());
        });
        assertEquals(
                "RuntimeDefault",
                variant.pod().getSecurityContext().getSeccompProfile().getType());
    }

    private static Set<String> capabilities(Container container) {
        SecurityContext context = container.getSecurityContext();
        return Set.copyOf(context.getCapabilities().getAdd());
    }

    @ParameterizedTest
    @EnumSource
    void shouldProbeWhereTheDaemonAnswers(Variant variant) throws InvalidConfigException {
        Container container = variant.container();
        ContainerPort port = container.getPorts().getFirst();

        assertEquals(variant.config().metrics().bind().getPort(), port.getContainerPort());
        assertTrue(
                variant.config().metrics().bind().getAddress().isAnyLocalAddress(),
                "the kubelet asks at the node's address");
        probe("/healthz", port, container.getStartupProbe());
        probe("/healthz", port, container.getLivenessProbe());
        probe("/readyz", port, container.getReadinessProbe());
    }

    private static void probe(String path, ContainerPort port, Probe probe) {
        assertEquals(path, probe.getHttpGet().getPath());
        assertEquals(port.getName(), probe.getHttpGet().getPort().getStrVal());
        assertNull(probe.getHttpGet().getHost());
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhichNodeAndNamespaceItIsIn(Variant variant) {
        Map<String, String> fields = variant.container().getEnv().stream()
                .collect(Collectors.toMap(
                        EnvVar::getName, env -> env.getValueFrom().getFieldRef().getFieldPath()));

        assertEquals(Map.of("NODE_NAME", "spec.nodeName", "POD_NAMESPACE", "metadata.namespace"), fields);
    }

    @ParameterizedTest
    @EnumSource
    void shouldMountWhatTheArgumentsName(Variant variant) {
        Map<String, VolumeMount> mounts = variant.container().getVolumeMounts().stream()
                .collect(Collectors.toMap(VolumeMount::getName, Function.identity()));
        Map<String, Volume> volumes =
                variant.pod().getVolumes().stream().collect(Collectors.toMap(Volume::getName, Function.identity()));
        ParseResult run = parsed(variant.container());

        assertEquals(volumes.keySet(), mounts.keySet());
        assertEquals(
                variant.configMap().getMetadata().getName(),
                volumes.get("config").getConfigMap().getName());
        assertEquals(
                mounts.get("config").getMountPath() + "/config.yaml",
                run.matchedOption("--config").getValue().toString());
        assertNull(mounts.get("config").getSubPath());
        assertEquals(
                "/sys/fs/bpf/udp-fanout", volumes.get("bpffs").getHostPath().getPath());
        assertEquals("DirectoryOrCreate", volumes.get("bpffs").getHostPath().getType());
        assertEquals(
                mounts.get("bpffs").getMountPath(),
                run.matchedOption("--pin-dir").getValue().toString());
        assertFalse(mounts.get("bpffs").getMountPath().startsWith("/sys"), "AppArmor's default profiles forbid it");
        assertEquals(XtablesLock.FILE, volumes.get("xtables-lock").getHostPath().getPath());
        assertEquals("FileOrCreate", volumes.get("xtables-lock").getHostPath().getType());
        assertEquals(XtablesLock.FILE, mounts.get("xtables-lock").getMountPath());
        assertNotEquals(Boolean.TRUE, mounts.get("xtables-lock").getReadOnly());
    }

    @ParameterizedTest
    @EnumSource
    void shouldLiveLongEnoughToDrain(Variant variant) throws InvalidConfigException {
        Duration grace = Duration.ofSeconds(variant.pod().getTerminationGracePeriodSeconds());

        assertEquals(variant.config().shutdown().drain().plus(BESIDES_DRAIN), grace);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReplaceOneNodesDaemonAtATime(Variant variant) {
        var strategy = variant.daemonSet().getSpec().getUpdateStrategy();

        assertEquals("RollingUpdate", strategy.getType());
        assertEquals(1, strategy.getRollingUpdate().getMaxUnavailable().getIntVal());
        assertNull(strategy.getRollingUpdate().getMaxSurge(), "its default is 0, and before 1.21 there is no such key");
    }

    @ParameterizedTest
    @EnumSource
    void shouldAskForWhatWasMeasured(Variant variant) {
        PodSpec pod = variant.pod();

        assertEquals("system-node-critical", pod.getPriorityClassName());
        containers(variant).map(Container::getResources).forEach(resources -> {
            assertEquals(Map.of("cpu", new Quantity("50m"), "memory", new Quantity("192Mi")), resources.getRequests());
            assertEquals(Map.of("memory", new Quantity("256Mi")), resources.getLimits());
        });
    }
}
