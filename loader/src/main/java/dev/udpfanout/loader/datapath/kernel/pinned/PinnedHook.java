package dev.udpfanout.loader.datapath.kernel.pinned;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the program is on an interface.
 *
 * @param interfaceName or {@code "ifindex N"} if the interface is gone
 * @param attachment for example {@code "tcx ingress"}; empty if the program is not there
 * @param behind others' programs that run before it, in words; empty if there are none or they cannot be asked for
 */
public record PinnedHook(String interfaceName, String attachment, String behind) {
    /** Whether the program is there. */
    public boolean isAttached() {
        return !attachment.isEmpty();
    }

    /** Looks at an interface for the program that sends datagrams on; the one that turns them around sends none. */
    static PinnedHook of(Path root, Network network, int ifindex) {
        Optional<Link> link = network.links().all().stream()
                .filter(each -> each.index() == ifindex)
                .findFirst();
        if (link.isEmpty()) {
            return new PinnedHook("ifindex " + ifindex, "", "");
        }
        for (HookPoint hook : HookPoint.values()) {
            Optional<PinnedHook> found = tcx(root, link.get(), hook).or(() -> clsact(network, link.get(), hook));
            if (found.isPresent()) {
                return found.get();
            }
        }
        return new PinnedHook(link.get().name(), "", "");
    }

    private static Optional<PinnedHook> tcx(Path root, Link link, HookPoint hook) {
        Optional<TcxLink> pinned = TcxLink.openPinned(Pins.link(root, link.name(), hook), link.name(), hook);
        if (pinned.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (!pinned.get().isOn(link.index(), hook)) {
                return Optional.empty();
            }
            int own = pinned.get().programId();
            if (HookProgram.ofId(own).name().equals(KernelProgram.TURN)) {
                return Optional.empty();
            }
            String behind = names(
                    programsOn(link, hook).stream().takeWhile(id -> id != own).toList());
            return Optional.of(new PinnedHook(link.name(), "tcx " + hook, behind));
        } finally {
            pinned.get().release();
        }
    }

    /** TCX programs run before filters of the clsact qdisc, and those in the order in which they are listed. */
    private static Optional<PinnedHook> clsact(Network network, Link link, HookPoint hook) {
        List<TcFilter> filters = network.filters().of(link.index(), TcHook.valueOf(hook.name()));
        Optional<TcFilter> own = filters.stream().filter(PinnedHook::isOurs).findFirst();
        return own.map(ours -> {
            String before = filters.stream()
                    .takeWhile(filter -> filter != ours)
                    .filter(filter -> filter.handle() != 0)
                    .map(filter -> filter.bpfName().isEmpty() ? "a filter of kind " + filter.kind() : filter.bpfName())
                    .collect(Collectors.joining(", "));
            String tcx = names(programsOn(link, hook));
            String behind = tcx.isEmpty() || before.isEmpty() ? tcx + before : tcx + ", " + before;
            return new PinnedHook(link.name(), "clsact " + hook, behind);
        });
    }

    /** libbpf names a filter after its program: {@code udp_fanout:[42]}. */
    private static boolean isOurs(TcFilter filter) {
        return filter.kind().equals("bpf")
                && KernelProgram.FOR_REQUESTS.stream()
                        .filter(name -> !name.equals(KernelProgram.TURN))
                        .anyMatch(name -> filter.bpfName().equals(name)
                                || filter.bpfName().startsWith(name + ":"));
    }

    private static List<Integer> programsOn(Link link, HookPoint hook) {
        try {
            return TcxLink.programsOn(link.index(), hook);
        } catch (SystemCallException e) {
            return List.of();
        }
    }

    private static String names(List<Integer> programs) {
        return programs.stream().map(id -> HookProgram.ofId(id).toString()).collect(Collectors.joining(", "));
    }
}
