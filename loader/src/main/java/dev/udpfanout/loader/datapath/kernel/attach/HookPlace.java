package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * One hook of one interface, and which of our programs has its place there: one for requests, one for replies and one
 * for ICMP errors can be on it.
 *
 * @param ifindex the interface
 * @param interfaceName the same, for names and messages
 * @param hook which side
 * @param pin where its link is or will be pinned, if anything is
 * @param role of the programs whose place it is
 * @param oneOfMany whether it is one of so many that come and go with pods that each is worth no line in the log
 */
record HookPlace(int ifindex, String interfaceName, HookPoint hook, Optional<Path> pin, Role role, boolean oneOfMany) {
    /** What a program is there for. */
    enum Role {
        REQUESTS("program", KernelProgram.FOR_REQUESTS),
        REPLIES("program for replies", KernelProgram.FOR_REPLIES),
        ICMP("program for ICMP errors", KernelProgram.FOR_ICMP);

        private final String words;
        private final Set<String> programs;

        Role(String words, Set<String> programs) {
            this.words = words;
            this.programs = programs;
        }

        /** For the log. */
        String words() {
            return words;
        }

        /** One of its programs, for the log. */
        String describe(String program) {
            return program.equals(KernelProgram.TURN) ? "turn program" : words;
        }
    }

    /** The programs whose place it is, by name. */
    Set<String> programs() {
        return role.programs;
    }

    /** For a program that sees what clients send. */
    static HookPlace of(int ifindex, String interfaceName, HookPoint hook, Optional<Pins> pins) {
        Optional<Path> pin = pins.map(all -> all.link(interfaceName, hook));
        return new HookPlace(ifindex, interfaceName, hook, pin, Role.REQUESTS, false);
    }

    /** For a program that sees what endpoints answer. */
    static HookPlace ofReplies(int ifindex, String interfaceName, Optional<Pins> pins) {
        Optional<Path> pin = pins.map(all -> all.linkOfReplies(interfaceName));
        return new HookPlace(ifindex, interfaceName, HookPoint.INGRESS, pin, Role.REPLIES, false);
    }

    /** For a program that sees the ICMP errors that come back. */
    static HookPlace ofIcmp(int ifindex, String interfaceName, Optional<Pins> pins) {
        Optional<Path> pin = pins.map(all -> all.linkOfIcmp(interfaceName));
        return new HookPlace(ifindex, interfaceName, HookPoint.INGRESS, pin, Role.ICMP, false);
    }

    /** The same as one of many. */
    HookPlace asOneOfMany() {
        return new HookPlace(ifindex, interfaceName, hook, pin, role, true);
    }
}
