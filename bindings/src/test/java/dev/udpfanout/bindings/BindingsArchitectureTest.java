package dev.udpfanout.bindings;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What jextract wrote stays inside this module. */
@Tag("unit")
class BindingsArchitectureTest {
    private static final String GENERATED = "dev.udpfanout.bindings.generated..";
    private static final String NETLINK = "dev.udpfanout.bindings.rtnetlink.netlink..";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.udpfanout.bindings");

    @Test
    void shouldKeepGeneratedTypesInsideWhenAMethodOrConstructorIsPublic() {
        codeUnits()
                .that(arePartOfTheHandWrittenApi())
                .should(notMention("generated", BindingsArchitectureTest::isGenerated))
                .check(CLASSES);
    }

    @Test
    void shouldKeepGeneratedTypesInsideWhenAFieldIsPublic() {
        fields().that(arePartOfTheHandWrittenApi())
                .should()
                .haveRawType(DescribedPredicate.describe("not generated", type -> !isGenerated(type)))
                .check(CLASSES);
    }

    @Test
    void shouldNotExtendGeneratedTypesWhenAClassIsHandWritten() {
        noClasses()
                .that()
                .resideOutsideOfPackage(GENERATED)
                .should()
                .beAssignableTo(DescribedPredicate.describe("generated", BindingsArchitectureTest::isGenerated))
                .check(CLASSES);
    }

    /** jextract counts an element's place from the structure's start, wherever in it the array is. */
    @Test
    void shouldGoBySlicesWhenAnElementOfAnArrayIsReadOrWritten() {
        noClasses()
                .that()
                .resideOutsideOfPackage(GENERATED)
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "it reads or writes an element of a structure's array",
                        call -> isElementAccessor(call.getTarget())))
                .check(CLASSES);
    }

    /** Of an element: {@code T name(struct, index)} and {@code void name(struct, index, value)}. */
    private static boolean isElementAccessor(AccessTarget.MethodCallTarget method) {
        List<JavaClass> parameters = method.getRawParameterTypes();
        boolean writes = method.getRawReturnType().isEquivalentTo(void.class);
        return isGenerated(method.getOwner())
                && parameters.size() == (writes ? 3 : 2)
                && parameters.get(0).isEquivalentTo(MemorySegment.class)
                && parameters.get(1).isEquivalentTo(long.class)
                && method.getRawReturnType().isPrimitive();
    }

    @Test
    void shouldHideNativeMemoryWhenAMethodOfRtnetlinkIsPublic() {
        codeUnits()
                .that(arePartOfTheHandWrittenApi())
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("..bindings.rtnetlink..")
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage(NETLINK)
                .should(notMention(
                        "native memory", type -> type.getPackageName().equals("java.lang.foreign")))
                .check(CLASSES);
    }

    @Test
    void shouldBeFreeOfCyclesWhenPackagesKnowEachOther() {
        slices().matching("dev.udpfanout.bindings.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    private static boolean isGenerated(JavaClass type) {
        return type.getPackageName().startsWith("dev.udpfanout.bindings.generated");
    }

    private static DescribedPredicate<JavaMember> arePartOfTheHandWrittenApi() {
        return DescribedPredicate.describe(
                "are public or protected members of public hand-written classes",
                member -> !isGenerated(member.getOwner())
                        && member.getOwner().getModifiers().contains(JavaModifier.PUBLIC)
                        && (member.getModifiers().contains(JavaModifier.PUBLIC)
                                || member.getModifiers().contains(JavaModifier.PROTECTED)));
    }

    /** Looks at parameters, result and exceptions, and at what stands between their angle brackets. */
    private static ArchCondition<JavaCodeUnit> notMention(String what, Predicate<JavaClass> forbidden) {
        return new ArchCondition<>("not mention " + what + " types in their signature") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                List<JavaClass> mentioned = Stream.of(
                                unit.getReturnType().getAllInvolvedRawTypes().stream(),
                                unit.getParameterTypes().stream()
                                        .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
                                unit.getExceptionTypes().stream())
                        .flatMap(types -> types)
                        .map(JavaClass.class::cast)
                        .filter(forbidden)
                        .toList();
                if (!mentioned.isEmpty()) {
                    events.add(SimpleConditionEvent.violated(unit, unit.getFullName() + " mentions " + mentioned));
                }
            }
        };
    }
}
