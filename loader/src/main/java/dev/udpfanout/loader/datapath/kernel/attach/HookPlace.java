package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * One hook of one interface, and which of our programs has its place there: one for requests and one for replies can be
 * on it.
 *
 * @param ifindex the interface
 * @param interfaceName the same, for names and messages
 * @param hook which side
 * @param pin where its link is or will be pinned, if anything is
 * @param programs whose place it is, by name
 */
record HookPlace(int ifindex, String interfaceName, HookPoint hook, Optional<Path> pin, Set<String> programs) {
    /** For a program that sees what clients send. */
    static HookPlace of(int ifindex, String interfaceName, HookPoint hook, Optional<Pins> pins) {
        Optional<Path> pin = pins.map(all -> all.link(interfaceName, hook));
        return new HookPlace(ifindex, interfaceName, hook, pin, KernelProgram.FOR_REQUESTS);
    }

    /** For a program that sees what endpoints answer. */
    static HookPlace ofReplies(int ifindex, String interfaceName, Optional<Pins> pins) {
        Optional<Path> pin = pins.map(all -> all.linkOfReplies(interfaceName));
        return new HookPlace(ifindex, interfaceName, HookPoint.INGRESS, pin, KernelProgram.FOR_REPLIES);
    }
}
