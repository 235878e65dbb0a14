package dev.udpfanout.bench.cli;

import dev.udpfanout.bench.instruction.InstructionCounts;
import dev.udpfanout.lab.RootPrivilege;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code make instructions}: counts the kernel programs' instructions, prints them, and writes them into a file. */
public final class InstructionsCommand {
    private InstructionsCommand() {}

    /** @param arguments the file */
    public static void main(String[] arguments) throws IOException {
        RootPrivilege.require();
        String text = InstructionCounts.here().text();
        System.out.print(text);
        System.out.println(
                "# Executed instructions a packet: perf stat -e instructions, where the CPU's counters can be had; in most"
                        + " virtual machines they cannot.");
        Files.writeString(Path.of(arguments[0]), text);
    }
}
