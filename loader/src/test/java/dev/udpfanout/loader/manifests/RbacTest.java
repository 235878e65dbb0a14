package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.manifests.DaemonApiCalls.Call;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the roles allow against what the daemon, run against an API server, asks for. */
@Tag("unit")
class RbacTest {
    /** The informer lists and watches; a get is what people type to find out why it does not. */
    private static final String FOR_PEOPLE = "get";

    private static final List<HasMetadata> RBAC = Manifests.in("rbac.yaml");
    private static final ServiceAccount ACCOUNT =
            Manifests.all(ServiceAccount.class, RBAC).getFirst();

    @ParameterizedTest
    @EnumSource
    void shouldRunAsTheAccountThatTheRolesAreFor(Variant variant) {
        assertEquals(ACCOUNT.getMetadata().getName(), variant.pod().getServiceAccountName());
        assertEquals(
                ACCOUNT.getMetadata().getNamespace(),
                variant.daemonSet().getMetadata().getNamespace());
        assertTrue(variant.pod().getAutomountServiceAccountToken());
    }

    @ParameterizedTest
    @EnumSource(names = {"METALLB", "VIP_DIRECT"})
    void shouldAllowAllThatTheDaemonAsksFor(Variant variant) throws InvalidConfigException {
        Set<Call> missing = new HashSet<>(asked(variant.listener()));
        missing.removeAll(allowed(RBAC));

        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldAllowHardlyAnythingElse() throws InvalidConfigException {
        Set<Call> asked = asked(Variant.METALLB.listener());
        Set<Call> unused = allowed(RBAC).stream()
                .filter(call -> !asked.contains(call) && !call.verb().equals(FOR_PEOPLE))
                .collect(Collectors.toSet());

        assertEquals(Set.of(), unused);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSeeReceiversWhereTheyLive(Variant variant) throws InvalidConfigException {
        String namespace = variant.listener()
                .receivers()
                .kubernetes()
                .orElseThrow()
                .namespace()
                .orElseThrow();

        for (String verb : List.of("list", "watch")) {
            assertTrue(allowed(RBAC).contains(new Call(verb, "discovery.k8s.io", "endpointslices", namespace)), verb);
        }
    }

    @Test
    void shouldAllowTheZoneByAFileOfItsOwn() {
        assertEquals(DaemonApiCalls.ofZone(), allowed(Manifests.in("rbac-same-zone.yaml")));
    }

    @Test
    void shouldHaveNoWildcards() {
        List<HasMetadata> all = new java.util.ArrayList<>(RBAC);
        all.addAll(Manifests.in("rbac-same-zone.yaml"));
        Manifests.all(Role.class, all).forEach(role -> role.getRules().forEach(RbacTest::refuseWildcards));
        Manifests.all(ClusterRole.class, all).forEach(role -> role.getRules().forEach(RbacTest::refuseWildcards));
    }

    private static void refuseWildcards(PolicyRule rule) {
        assertFalse(rule.getApiGroups().contains("*"));
        assertFalse(rule.getResources().contains("*"));
        assertFalse(rule.getVerbs().contains("*"));
    }

    /** The calls above are recorded without it; "delete" must be allowed as soon as the daemon does. */
    @Test
    void shouldNotNeedToDeleteSlices() {
        JavaClasses product = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.udpfanout.loader");

        ArchRuleDefinition.noClasses()
                .should()
                .callMethod(ReadinessPublisher.class, "remove", Duration.class)
                .check(product);
    }

    private static Set<Call> asked(ListenerConfig listener) {
        return DaemonApiCalls.of(
                listener.receivers().kubernetes().orElseThrow().namespace().orElseThrow(),
                listener.publish().orElseThrow().namespace().orElseThrow());
    }

    /** What the account may do. */
    static Set<Call> allowed(List<HasMetadata> resources) {
        Set<Call> allowed = new HashSet<>();
        for (RoleBinding binding : Manifests.all(RoleBinding.class, resources)) {
            assertTrue(binding.getSubjects().stream().allMatch(RbacTest::isAccount));
            String namespace = binding.getMetadata().getNamespace();
            boolean isRole = binding.getRoleRef().getKind().equals("Role");
            List<PolicyRule> rules = isRole
                    ? Manifests.all(Role.class, resources).stream()
                            .filter(role -> role.getMetadata().getNamespace().equals(namespace))
                            .filter(role -> role.getMetadata()
                                    .getName()
                                    .equals(binding.getRoleRef().getName()))
                            .flatMap(role -> role.getRules().stream())
                            .toList()
                    : clusterRules(resources, binding.getRoleRef().getName());
            rules.forEach(rule -> add(allowed, rule, namespace));
        }
        for (ClusterRoleBinding binding : Manifests.all(ClusterRoleBinding.class, resources)) {
            assertTrue(binding.getSubjects().stream().allMatch(RbacTest::isAccount));
            clusterRules(resources, binding.getRoleRef().getName()).forEach(rule -> add(allowed, rule, ""));
        }
        return allowed;
    }

    private static boolean isAccount(Subject subject) {
        return subject.getKind().equals("ServiceAccount")
                && subject.getName().equals(ACCOUNT.getMetadata().getName())
                && subject.getNamespace().equals(ACCOUNT.getMetadata().getNamespace());
    }

    private static List<PolicyRule> clusterRules(List<HasMetadata> resources, String name) {
        return Manifests.all(ClusterRole.class, resources).stream()
                .filter(role -> role.getMetadata().getName().equals(name))
                .flatMap(role -> role.getRules().stream())
                .toList();
    }

    private static void add(Set<Call> calls, PolicyRule rule, String namespace) {
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                rule.getVerbs().forEach(verb -> calls.add(new Call(verb, group, resource, namespace)));
            }
        }
    }
}
