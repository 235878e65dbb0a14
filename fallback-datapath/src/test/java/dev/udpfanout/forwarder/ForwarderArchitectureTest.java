package dev.udpfanout.forwarder;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** One direction of knowledge: Forwarder → a transport's worker → what workers share → pure parts and system calls. */
@AnalyzeClasses(packages = "dev.udpfanout.forwarder", importOptions = ImportOption.DoNotIncludeTests.class)
class ForwarderArchitectureTest {
    @ArchTest
    static final ArchRule KNOWLEDGE_GOES_DOWN = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("forwarder")
            .definedBy("dev.udpfanout.forwarder")
            .layer("transport")
            .definedBy("..forwarder.transport")
            .layer("one transport's worker")
            .definedBy("..worker.nio", "..worker.epoll", "..worker.iouring")
            .layer("workers on descriptors")
            .definedBy("..worker.socket", "..worker.receive")
            .layer("workers")
            .definedBy("..forwarder.worker")
            .layer("values")
            .definedBy("..forwarder.config", "..forwarder.counter")
            .layer("rules")
            .definedBy("..forwarder.admission", "..forwarder.flow", "..forwarder.netflow", "..forwarder.spread")
            .layer("system calls")
            .definedBy("..forwarder.socket")
            .whereLayer("forwarder")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("transport")
            .mayOnlyBeAccessedByLayers("forwarder")
            .whereLayer("one transport's worker")
            .mayOnlyBeAccessedByLayers("forwarder")
            .whereLayer("workers on descriptors")
            .mayOnlyBeAccessedByLayers("forwarder", "one transport's worker")
            .whereLayer("workers")
            .mayOnlyBeAccessedByLayers("forwarder", "one transport's worker", "workers on descriptors")
            .whereLayer("values")
            .mayOnlyBeAccessedByLayers(
                    "forwarder", "transport", "one transport's worker", "workers on descriptors", "workers")
            .whereLayer("system calls")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule PACKAGES_KNOW_EACH_OTHER_IN_ONE_DIRECTION =
            slices().matching("dev.udpfanout.forwarder.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule TRANSPORTS_DO_NOT_KNOW_EACH_OTHER =
            slices().matching("..forwarder.worker.(nio|epoll|iouring)").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule ONLY_THE_JDK_NETTY_AND_SLF4J_ARE_NEEDED = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.udpfanout.forwarder..", "java..", "javax..", "io.netty..", "org.slf4j..");
}
