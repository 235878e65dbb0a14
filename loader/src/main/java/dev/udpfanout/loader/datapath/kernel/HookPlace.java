package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.libbpf.HookPoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One hook of one interface.
 *
 * @param ifindex the interface
 * @param interfaceName the same, for names and messages
 * @param hook which side
 * @param pin where its link is or will be pinned, if anything is
 */
record HookPlace(int ifindex, String interfaceName, HookPoint hook, Optional<Path> pin) {
    static HookPlace of(int ifindex, String interfaceName, HookPoint hook, Optional<Pins> pins) {
        return new HookPlace(ifindex, interfaceName, hook, pins.map(all -> all.link(interfaceName, hook)));
    }
}
