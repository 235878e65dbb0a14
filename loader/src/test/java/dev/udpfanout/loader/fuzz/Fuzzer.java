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

    private static final int SECONDS_FOR_ONE_INPUT = 20;
    private static final Duration START_AND_END = Duration.ofSeconds(90);

    private final Path root;
    private final Path loader;

    /** @param root of the source tree, which has been built */
    Fuzzer(Path root) {
        this.root = root;
        this.loader = root.resolve("loader/target");
    }

    /** Where the inputs of a target are that the fuzzer has found something with. */
    Path findings(FuzzTarget target) {
        return folder(target).resolve("findings");
    }

    private Path folder(FuzzTarget target) {
        return loader.resolve("fuzz").resolve(target.name());
    }

    /**
     * Fuzzes a target.
     *
     * @param onLine told what the fuzzer says
     * @return whether it found nothing: no exception, no input that takes seconds, no lack of memory
     */
    boolean run(FuzzTarget target, Duration time, Consumer<String> onLine) throws IOException {
        Path corpus = Files.createDirectories(folder(target).resolve("corpus"));
        Files.createDirectories(findings(target));
        int number = 0;
        for (byte[] seed : target.seeds().of(root)) {
            Files.write(corpus.resolve("seed-" + number++), seed);
        }
        try (LabProcess jazzer = LabProcess.start(command(target, time, corpus), Map.of(), onLine)) {
            return jazzer.awaitExit(time.plus(START_AND_END)) == 0;
        }
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
                "-timeout=" + SECONDS_FOR_ONE_INPUT,
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
