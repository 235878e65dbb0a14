package dev.udpfanout.loader.fuzz;

import dev.udpfanout.lab.process.LabProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs Jazzer, a fuzzer that is guided by the branches that an input takes, on one target in a process of its own. What
 * has taken new branches is kept, and is where the next run begins.
 */
final class Fuzzer {
    private static final String MAIN = "com.code_intelligence.jazzer.Jazzer";
    private static final String SANITIZERS = "com.code_intelligence.jazzer.sanitizers.";

    /** They look for injections into what is not used here, and change classes of the JDK, which may be too new. */
    private static final List<String> UNUSED_SANITIZERS = List.of(
            "ClojureLangHooks",
            "Deserialization",
            "ExpressionLanguageInjection",
            "LdapInjection",
            "NamingContextLookup",
            "OsCommandInjection",
            "ReflectiveCall",
            "RegexInjection",
            "RegexRoadblocks",
            "ScriptEngineInjection",
            "ServerSideRequestForgery",
            "SqlInjection",
            "XPathInjection");

    /** libFuzzer says this when Jazzer has loaded and changed the classes, just before the first input. */
    private static final String BEGINS = "INFO: Seed: ";

    /** What comes late in the threads that a JVM shows at SIGQUIT. */
    private static final String END_OF_THREADS = "JNI global refs";

    private static final Duration THREADS = Duration.ofSeconds(10);
    private static final int LAST_LINES = 20;
    private static final Duration KILL = Duration.ofSeconds(10);

    private final Path root;
    private final Path loader;
    private final FuzzLimits limits;

    /** @param root of the source tree, which has been built */
    Fuzzer(Path root, FuzzLimits limits) {
        this.root = root;
        this.loader = root.resolve("loader/target");
        this.limits = limits;
    }

    /** Where the inputs of a target are that the fuzzer has found something with. */
    Path findings(FuzzTarget target) {
        return folder(target).resolve("findings");
    }

    private Path folder(FuzzTarget target) {
        return loader.resolve("fuzz").resolve(target.name());
    }

    /**
     * Fuzzes a target. The time begins with the first input, however long the start takes.
     *
     * @param onLine told what the fuzzer says, and the threads of one that does not begin or end
     */
    FuzzOutcome run(FuzzTarget target, Duration time, Consumer<String> onLine) throws IOException {
        Path corpus = Files.createDirectories(folder(target).resolve("corpus"));
        Files.createDirectories(findings(target));
        int number = 0;
        for (byte[] seed : target.seeds().of(root)) {
            Files.write(corpus.resolve("seed-" + number++), seed);
        }
        try (LabProcess jazzer = LabProcess.start(command(target, time, corpus), Map.of(), onLine)) {
            if (!hasBegun(jazzer) && jazzer.isAlive()) {
                kill(jazzer, FuzzOutcome.NOT_BEGUN, onLine);
                return FuzzOutcome.NOT_BEGUN;
            }
            if (!hasEnded(jazzer, time.plus(limits.end()))) {
                kill(jazzer, FuzzOutcome.NOT_ENDED, onLine);
                return FuzzOutcome.NOT_ENDED;
            }
            return outcome(jazzer, onLine);
        }
    }

    private static FuzzOutcome outcome(LabProcess jazzer, Consumer<String> onLine) {
        int exitCode = jazzer.awaitExit(KILL);
        FuzzOutcome outcome = FuzzOutcome.of(exitCode);
        if (outcome == FuzzOutcome.FAILED) {
            List<String> lines = jazzer.lines();
            onLine.accept("==" + jazzer.pid() + "== ERROR: " + outcome + ", with exit code " + exitCode + " after:");
            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).forEach(onLine);
        }
        return outcome;
    }

    private boolean hasBegun(LabProcess jazzer) {
        try {
            jazzer.awaitLine(BEGINS, limits.start());
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static boolean hasEnded(LabProcess jazzer, Duration limit) {
        try {
            jazzer.awaitExit(limit);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Not with SIGTERM: libFuzzer then takes the input of that moment for one that ended the process. */
    private static void kill(LabProcess jazzer, FuzzOutcome why, Consumer<String> onLine) {
        onLine.accept("==" + jazzer.pid() + "== ERROR: " + why);
        int linesBefore = jazzer.lines().size();
        jazzer.signal("QUIT");
        try {
            jazzer.awaitLine(END_OF_THREADS, linesBefore, THREADS);
        } catch (IllegalStateException e) {
            onLine.accept("no threads: " + e.getMessage());
        }
        ProcessHandle.of(jazzer.pid()).ifPresent(ProcessHandle::destroyForcibly);
        jazzer.awaitExit(KILL);
    }

    private List<String> command(FuzzTarget target, Duration time, Path corpus) throws IOException {
        List<String> instrumented = new ArrayList<>(List.of("dev.udpfanout.loader.**", "dev.udpfanout.bindings.**"));
        instrumented.addAll(target.instrumented());
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx1g",
                "-cp",
                classPath(),
                MAIN,
                "--target_class=" + target.type(),
                "--instrumentation_includes=" + String.join(File.pathSeparator, instrumented),
                "--disabled_hooks="
                        + UNUSED_SANITIZERS.stream()
                                .map(name -> SANITIZERS + name)
                                .collect(Collectors.joining(File.pathSeparator)),
                "--reproducer_path=" + findings(target),
                "-artifact_prefix=" + findings(target) + "/",
                "-timeout=" + limits.inputSeconds(),
                "-rss_limit_mb=" + limits.residentMb(),
                "-max_len=" + target.maxBytes(),
                "-len_control=0",
                "-max_total_time=" + time.toSeconds(),
                "-print_final_stats=1",
                corpus.toString());
    }

    private String classPath() throws IOException {
        String libraries = Files.readString(loader.resolve("test-class-path"));
        return Stream.of(
                        loader.resolve("test-classes").toString(),
                        loader.resolve("classes").toString(),
                        root.resolve("bindings/target/test-classes").toString(),
                        libraries.strip())
                .reduce((one, other) -> one + File.pathSeparator + other)
                .orElseThrow();
    }
}
