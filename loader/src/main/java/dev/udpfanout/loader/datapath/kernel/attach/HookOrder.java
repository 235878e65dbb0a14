package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who is on one hook of an interface, in the order in which packets meet them: TCX programs, then filters of clsact. It
 * is read from the kernel, so that it needs no daemon.
 *
 * @param occupants the first is asked first
 */
public record HookOrder(List<Occupant> occupants) {
    /** TC_ACT_OK, TC_ACT_SHOT, TC_ACT_STOLEN, TC_ACT_REDIRECT, TC_ACT_TRAP; after any other the next program runs. */
    private static final Set<Integer> ENDING = Set.of(0, 2, 4, 7, 8);

    private static final int TC_ACT_OK = 0;

    public HookOrder {
        occupants = List.copyOf(occupants);
    }

    /**
     * One of them.
     *
     * @param program which; its name is empty if the kernel does not tell: that takes CAP_SYS_ADMIN
     * @param method {@code "tcx"} or {@code "clsact"}
     * @param filter the filter of clsact; empty for TCX
     * @param isOurs whether it is one of our programs for requests
     */
    public record Occupant(HookProgram program, String method, Optional<TcFilter> filter, boolean isOurs) {
        /**
         * What it does with a frame, as TC_ACT_ of linux/pkt_cls.h; empty if that cannot be found out: it is no eBPF
         * program, or this process may not run it.
         */
        public OptionalInt verdictOn(byte[] frame, int ifindex) {
            return program.verdictOn(frame, ifindex);
        }

        /** How tc(8) and bpftool(8) name it. */
        @Override
        public String toString() {
            return program
                    + filter.map(each -> " at priority " + each.priority()).orElse("");
        }
    }

    /**
     * Reads a hook.
     *
     * @param pins where our own links are, by which they are known without CAP_SYS_ADMIN
     */
    public static HookOrder read(
            Network network, int ifindex, String interfaceName, HookPoint hook, Optional<Pins> pins) {
        List<Occupant> found = new ArrayList<>();
        Optional<Integer> pinned =
                pins.map(all -> all.link(interfaceName, hook)).flatMap(path -> program(path, hook));
        for (int id : TcxLink.programsOn(ifindex, hook)) {
            HookProgram program = HookProgram.ofId(id);
            boolean isOurs = HookPlace.Role.REQUESTS.programs().contains(program.name())
                    || pinned.filter(own -> own == id).isPresent();
            found.add(new Occupant(program, "tcx", Optional.empty(), isOurs));
        }
        TcHook side = hook == HookPoint.INGRESS ? TcHook.INGRESS : TcHook.EGRESS;
        for (TcFilter filter : network.filters().of(ifindex, side)) {
            // Chains other than 0 are met only if an action leads there.
            if (filter.chain() == 0) {
                HookProgram program = filter.programId().isPresent()
                        ? HookProgram.ofId(filter.programId().getAsInt())
                        : new HookProgram(0, filter.kind() + " filter");
                boolean isOurs = Leftovers.isOneOf(filter, HookPlace.Role.REQUESTS.programs());
                found.add(new Occupant(program, "clsact", Optional.of(filter), isOurs));
            }
        }
        return new HookOrder(found);
    }

    private static Optional<Integer> program(Path pin, HookPoint hook) {
        Optional<TcxLink> link = TcxLink.openPinned(pin, "", hook);
        try {
            return link.filter(TcxLink::isAttached).map(TcxLink::programId);
        } finally {
            link.ifPresent(TcxLink::release);
        }
    }

    /** Our first program there. */
    public Optional<Occupant> ours() {
        return occupants.stream().filter(Occupant::isOurs).findFirst();
    }

    /** Those that packets meet before ours; all, if ours is not there. */
    public List<Occupant> before() {
        return occupants.stream().takeWhile(each -> !each.isOurs()).toList();
    }

    /** Whether no later program sees the packet. */
    public static boolean endsChain(int verdict) {
        return ENDING.contains(verdict);
    }

    /** Whether the packet does not get past the hook: neither to a later program nor to the stack. */
    public static boolean takesAway(int verdict) {
        return verdict != TC_ACT_OK && endsChain(verdict);
    }
}
