package dev.udpfanout.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.UnionLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the layout of every generated struct with what this machine's C compiler makes of the same headers: sizes,
 * and the place of each member, also inside nested structs and unions. The same for the architecture of the other
 * nodes, arm64.
 */
@Tag("unit")
class StructLayoutTest {
    private static final Path GENERATED = Path.of("src/generated").toAbsolutePath();
    private static final Path RECIPES = GENERATED.resolve("jextract");
    private static final Path STRUCTS = GENERATED.resolve("java/dev/udpfanout/bindings/generated");
    private static final Path ABI_HEADERS = Path.of("../bpf/src/main/c").toAbsolutePath();
    private static final Path ARM64_HEADERS = Path.of("/usr/aarch64-linux-gnu/include");
    private static final long COMPILER_TIMEOUT_SECONDS = 60;

    @TempDir
    private Path directory;

    /** Each generated package whose recipe asks for structs; the recipe's header file has the same name. */
    static List<String> groups() throws IOException {
        List<String> groups = new ArrayList<>();
        try (Stream<Path> packages = Files.list(STRUCTS)) {
            for (Path each : packages.sorted().toList()) {
                String group = each.getFileName().toString();
                if (Files.readString(RECIPES.resolve(group + ".includes")).contains("--include-struct ")) {
                    groups.add(group);
                }
            }
        }
        return groups;
    }

    @ParameterizedTest
    @MethodSource("groups")
    void shouldLayOutStructsAsTheCompilerDoesWhenCompiledFromTheSameHeaders(String group) throws Exception {
        TreeMap<String, Long> expected = expected(group);
        TreeMap<String, Long> measured = measured(group, List.copyOf(expected.keySet()));
        List<String> differences = expected.keySet().stream()
                .filter(key -> !expected.get(key).equals(measured.get(key)))
                .map(key -> key + ": Java " + expected.get(key) + ", C " + measured.get(key))
                .toList();
        assertEquals(List.of(), differences);
    }

    /**
     * The other of the two architectures that are shipped. Nothing of it can be run here, so the compiler itself
     * compares: each size and place is an assertion, and those that do not hold are named.
     */
    @ParameterizedTest
    @MethodSource("groups")
    void shouldLayOutStructsAsOnArm64WhenCompiledFromThatArchitecturesHeaders(String group) throws Exception {
        Path source = Files.writeString(directory.resolve("assertions.c"), assertions(group, expected(group)));

        run(arm64Compiler(source));
    }

    /** If the comparison above held for anything, it would show nothing. */
    @Test
    void shouldNoticeOnArm64WhenAPlaceIsAnother() throws Exception {
        String group = groups().getFirst();
        TreeMap<String, Long> expected = expected(group);
        expected.replaceAll((expression, value) -> value + 1);
        Path source = Files.writeString(directory.resolve("assertions.c"), assertions(group, expected));

        AssertionError failed = assertThrows(AssertionError.class, () -> run(arm64Compiler(source)));
        assertTrue(
                failed.getMessage().contains("static_assert")
                        || failed.getMessage().contains("static assertion"),
                "the compiler names what does not hold");
    }

    private static String assertions(String group, TreeMap<String, Long> expected) {
        StringBuilder source = new StringBuilder("#include \"" + group + ".h\"\n#include <stddef.h>\n");
        expected.forEach((expression, value) ->
                source.append("_Static_assert(%s == %d, \"Java has %d\");\n".formatted(expression, value, value)));
        return source.toString();
    }

    private static List<String> arm64Compiler(Path source) {
        return List.of(
                "clang",
                "--target=aarch64-linux-gnu",
                "-fsyntax-only",
                "-ferror-limit=0",
                "-nostdlibinc",
                "-isystem" + ARM64_HEADERS,
                // libbpf's headers are the same for all.
                "-idirafter/usr/include",
                "-I" + RECIPES,
                "-I" + ABI_HEADERS,
                source.toString());
    }

    private static TreeMap<String, Long> expected(String group) throws ReflectiveOperationException, IOException {
        TreeMap<String, Long> expected = new TreeMap<>();
        List<String> structs = structs(group);
        assertFalse(structs.isEmpty(), "no struct found in group " + group);
        for (String struct : structs) {
            Class<?> generated = Class.forName("dev.udpfanout.bindings.generated." + group + "." + struct);
            GroupLayout layout = (GroupLayout) generated.getMethod("layout").invoke(null);
            expected.put("sizeof(struct " + struct + ")", layout.byteSize());
            addMembers(struct, "", layout, 0, expected);
        }
        return expected;
    }

    /**
     * Every generated file that holds a layout, so that a struct added to a recipe is checked without a change here.
     */
    private static List<String> structs(String group) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(STRUCTS.resolve(group))) {
            for (Path file : files.sorted().toList()) {
                if (Files.readString(file).contains("GroupLayout $LAYOUT")) {
                    names.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        return names;
    }

    private static void addMembers(
            String struct, String prefix, GroupLayout layout, long base, TreeMap<String, Long> expected) {
        long offset = base;
        for (MemoryLayout member : layout.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                addMember(struct, prefix, member, offset, expected);
            }
            offset += layout instanceof UnionLayout ? 0 : member.byteSize();
        }
    }

    private static void addMember(
            String struct, String prefix, MemoryLayout member, long offset, TreeMap<String, Long> expected) {
        String name = member.name().orElseThrow();
        // An anonymous union's members are named as if they were the struct's own.
        boolean anonymous = name.startsWith("$anon");
        if (!anonymous) {
            String path = prefix + name;
            expected.put("offsetof(struct " + struct + ", " + path + ")", offset);
            // C knows where a flexible array begins, but no size of it.
            if (member.byteSize() > 0) {
                expected.put("sizeof(((struct " + struct + " *)0)->" + path + ")", member.byteSize());
            }
        }
        if (member instanceof GroupLayout nested) {
            addMembers(struct, anonymous ? prefix : prefix + name + ".", nested, offset, expected);
        }
    }

    private TreeMap<String, Long> measured(String group, List<String> expressions) throws Exception {
        StringBuilder program = new StringBuilder(
                "#include \"" + group + ".h\"\n#include <stddef.h>\n" + "#include <stdio.h>\nint main(void) {\n");
        for (String expression : expressions) {
            program.append("printf(\"%zu\\n\", (size_t)(").append(expression).append("));\n");
        }
        Path source = Files.writeString(directory.resolve("layout.c"), program.append("return 0;\n}\n"));
        Path binary = directory.resolve("layout");
        run(List.of(compiler(), "-I" + RECIPES, "-I" + ABI_HEADERS, "-o", binary.toString(), source.toString()));
        List<String> lines = run(List.of(binary.toString()));
        assertEquals(expressions.size(), lines.size(), "numbers printed");
        TreeMap<String, Long> result = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            result.put(expressions.get(i), Long.parseLong(lines.get(i)));
        }
        return result;
    }

    private static String compiler() {
        return Stream.of("cc", "clang")
                .filter(name -> Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("this test needs a C compiler: cc or clang"));
    }

    private List<String> run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(COMPILER_TIMEOUT_SECONDS, TimeUnit.SECONDS), () -> "still running: " + command);
        List<String> lines = Files.readAllLines(output);
        assertEquals(0, process.exitValue(), () -> command + " said " + lines);
        return lines;
    }
}
