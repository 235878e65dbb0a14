package dev.udpfanout.loader;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * One direction of knowledge: config, discovery and health → control → datapath; the daemon and the command line put it
 * together.
 */
@AnalyzeClasses(packages = "dev.udpfanout.loader", importOptions = ImportOption.DoNotIncludeTests.class)
class LoaderArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_KNOW_EACH_OTHER_IN_ONE_DIRECTION =
            slices().matching("dev.udpfanout.loader.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule WHAT_THE_CONFIGURATION_SAYS_KNOWS_NOT_HOW_IT_IS_READ = noClasses()
            .that()
            .resideInAPackage("..loader.config")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..loader.config.yaml..", "..loader.config.reader..");

    @ArchTest
    static final ArchRule YAML_KNOWS_NO_KEYS = noClasses()
            .that()
            .resideInAPackage("..loader.config.yaml..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..loader.config.reader..");

    @ArchTest
    static final ArchRule ROOMS_OF_KUBERNETES_KNOW_EACH_OTHER_IN_ONE_DIRECTION =
            slices().matching("dev.udpfanout.loader.kubernetes.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ROOMS_OF_THE_DATAPATH_KNOW_EACH_OTHER_IN_ONE_DIRECTION =
            slices().matching("dev.udpfanout.loader.datapath.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_NETWORK_KNOWS_NO_DATAPATH =
            room("..datapath.network..", "..datapath.kernel..", "..datapath.userspace..", "..datapath.mode..");

    @ArchTest
    static final ArchRule USER_SPACE_DOES_WITHOUT_THE_KERNEL_DATAPATH =
            room("..datapath.userspace..", "..datapath.kernel..", "..datapath.mode..");

    @ArchTest
    static final ArchRule THE_KERNEL_DATAPATH_DOES_WITHOUT_USER_SPACE =
            room("..datapath.kernel..", "..datapath.userspace..", "..datapath.mode..", "dev.udpfanout.forwarder..");

    @ArchTest
    static final ArchRule MAPS_ARE_FILLED_WHATEVER_IS_ATTACHED =
            room("..datapath.kernel.maps..", "..datapath.kernel.attach..");

    @ArchTest
    static final ArchRule PROGRAMS_ARE_ATTACHED_WHATEVER_MAPS_HOLD =
            room("..datapath.kernel.attach..", "..datapath.kernel.maps..");

    @ArchTest
    static final ArchRule THE_PROGRAM_KNOWS_NEITHER = room(
            "..datapath.kernel.program..",
            "..datapath.kernel.maps..",
            "..datapath.kernel.attach..",
            "..datapath.network..");

    private static ArchRule room(String room, String... unknown) {
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(unknown);
    }

    @ArchTest
    static final ArchRule CONTROL_IS_PURE = noClasses()
            .that()
            .resideInAPackage("..loader.control..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..bindings..", "..datapath..", "..cli..", "..daemon..", "java.io..", "java.nio..");

    @ArchTest
    static final ArchRule ONLY_THE_TOP_KNOWS_THE_DAEMON = classes()
            .that()
            .resideInAPackage("..loader.daemon..")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("..loader.daemon..", "..loader.cli..");

    @ArchTest
    static final ArchRule GENERATED_BINDINGS_STAY_IN_BINDINGS =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.udpfanout.bindings.generated..");

    @ArchTest
    static final ArchRule NETLINK_MESSAGES_STAY_IN_BINDINGS =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.udpfanout.bindings.rtnetlink.netlink..");

    @ArchTest
    static final ArchRule NO_PROCESS_IS_SPAWNED = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder")
            .orShould()
            .callMethod(Runtime.class, "exec", String[].class)
            .orShould()
            .callMethod(Runtime.class, "exec", String.class);
}
