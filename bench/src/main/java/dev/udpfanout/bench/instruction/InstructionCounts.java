package dev.udpfanout.bench.instruction;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of each kernel program, by a kernel.
 *
 * @param kernel its version: what the verifier looks at depends on it
 * @param sizes by the program's name
 */
public record InstructionCounts(String kernel, Map<String, BpfProgram.Size> sizes) {
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");
    private static final String KERNEL = "# Linux ";

    /** Loads every program into this kernel, and asks. As root. */
    public static InstructionCounts here() {
        try (KernelProgram program = KernelProgram.load(KernelProgram.builtIn())) {
            Map<String, BpfProgram.Size> sizes = new TreeMap<>();
            KernelProgram.NAMES.forEach(
                    name -> sizes.put(name, program.named(name).size()));
            return new InstructionCounts(kernelHere(), sizes);
        }
    }

    /** This kernel's version, without what a distribution appends. */
    public static String kernelHere() {
        try {
            Matcher version = VERSION.matcher(Files.readAllLines(RELEASE).getFirst());
            if (version.lookingAt()) {
                return version.group();
            }
            throw new IllegalStateException(RELEASE + " has no version");
        } catch (IOException e) {
            throw new IllegalStateException("failed to read " + RELEASE, e);
        }
    }

    /** As a file has it: {@link #parse} reads it. */
    public String text() {
        StringBuilder text = new StringBuilder(KERNEL).append(kernel).append('\n');
        text.append(
                "# Written by make instructions: program, instructions that the verifier looked at, instructions loaded\n");
        sizes.forEach((name, size) -> text.append(name)
                .append('\t')
                .append(size.verified())
                .append('\t')
                .append(size.loaded())
                .append('\n'));
        return text.toString();
    }

    /** @throws IllegalArgumentException if a line is none of {@link #text}'s */
    public static InstructionCounts parse(List<String> lines) {
        if (lines.isEmpty() || !lines.getFirst().startsWith(KERNEL)) {
            throw new IllegalArgumentException("the first line does not name the kernel");
        }
        Map<String, BpfProgram.Size> sizes = new TreeMap<>();
        for (String line : lines) {
            if (!line.startsWith("#")) {
                String[] fields = line.split("\t");
                if (fields.length != 3) {
                    throw new IllegalArgumentException("not a program and two numbers: " + line);
                }
                sizes.put(fields[0], new BpfProgram.Size(Integer.parseInt(fields[1]), Integer.parseInt(fields[2])));
            }
        }
        return new InstructionCounts(lines.getFirst().substring(KERNEL.length()), sizes);
    }
}
