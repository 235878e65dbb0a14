package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Whether programs may ask connection tracking here, found out by loading a small one that does. Source:
 * net/netfilter/nf_conntrack_bpf.c, since Linux 6.0 for TC programs.
 */
final class ConntrackProbe {
    private static final String OBJECT = "udp_fanout_conntrack_probe.bpf.o";
    private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");

    /** libbpf's answers where it does not find what an object names. */
    private static final Set<String> NOT_FOUND = Set.of("ESRCH", "ENOENT");

    private ConntrackProbe() {}

    /** Why not, for an operator to read; empty if they may. */
    static Optional<String> refusal() {
        try (BpfObject object = BpfObject.open(BuiltInObjects.read(OBJECT), "uf_conntrack")) {
            object.tryToLoad();
            return Optional.empty();
        } catch (SystemCallException e) {
            return Optional.of(reason(e));
        } catch (LinkageError | IllegalArgumentException e) {
            return Optional.of("failed to load libbpf.so.1");
        }
    }

    private static String reason(SystemCallException failure) {
        if (!NOT_FOUND.contains(failure.errno().symbol())) {
            return failure.getMessage();
        }
        return Files.exists(KERNEL_TYPES)
                ? "found no bpf_skb_ct_lookup: it takes Linux 6.0, and where nf_conntrack is a module, a loaded one and CAP_SYS_ADMIN"
                : "this kernel has no BTF (" + KERNEL_TYPES + ")";
    }
}
