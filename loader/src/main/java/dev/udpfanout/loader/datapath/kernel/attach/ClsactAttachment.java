package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.rtnetlink.tc.Qdisc;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.List;

/**
 * A program as a filter of the clsact qdisc. The qdisc is made if there is none, and left alone afterwards: others may
 * have put filters there since. A filter outlives the process by itself.
 */
final class ClsactAttachment implements Attachment {
    /** Early, so that a filter that ends the chain with TC_ACT_OK comes after us; beside Cilium's, which are at 1. */
    private static final int PRIORITY = 1;

    private final ClsactFilter filter;
    private final boolean adopted;

    private ClsactAttachment(ClsactFilter filter, boolean adopted) {
        this.filter = filter;
        this.adopted = adopted;
    }

    /** Puts the program in the place of the one that an earlier daemon left on this hook, or adds a filter. */
    static ClsactAttachment attach(BpfProgram program, HookPlace place, Network network) {
        ensureQdisc(place, network);
        List<TcFilter> left = leftovers(place, network);
        if (left.isEmpty()) {
            ClsactFilter filter =
                    ClsactFilter.attach(program, place.ifindex(), place.interfaceName(), place.hook(), PRIORITY);
            return new ClsactAttachment(filter, false);
        }
        TcFilter first = left.getFirst();
        ClsactFilter filter =
                new ClsactFilter(place.ifindex(), place.hook(), first.priority(), first.handle(), 0).replace(program);
        left.stream().skip(1).forEach(network.filters()::delete);
        return new ClsactAttachment(filter, true);
    }

    private static void ensureQdisc(HookPlace place, Network network) {
        List<Qdisc> present = network.qdiscs().of(place.ifindex());
        // libbpf warns of a qdisc that is there already, at each attempt to make it.
        if (present.stream().noneMatch(qdisc -> qdisc.isClsact() || qdisc.isIngress())) {
            ClsactFilter.createQdisc(place.ifindex(), place.interfaceName());
        }
        // net/sched/sch_ingress.c, ingress_tcf_block: what is meant for egress would be put at ingress, without an
        // error.
        if (place.hook() == HookPoint.EGRESS && present.stream().anyMatch(Qdisc::isIngress)) {
            throw new SystemCallException(
                    "bpf_tc_attach",
                    place.interfaceName() + " " + place.hook(),
                    Errno.EEXIST,
                    "an ingress qdisc, which has no egress hook, stands in the place of clsact; run tc qdisc del dev "
                            + place.interfaceName() + " ingress, and tc qdisc add dev " + place.interfaceName()
                            + " clsact, which has both");
        }
    }

    /** Removes our filters from a hook, after the hook has been given to another way of attaching. */
    static void removeLeftover(HookPlace place, Network network) {
        leftovers(place, network).forEach(network.filters()::delete);
    }

    private static List<TcFilter> leftovers(HookPlace place, Network network) {
        TcHook hook = place.hook() == HookPoint.INGRESS ? TcHook.INGRESS : TcHook.EGRESS;
        return network.filters().of(place.ifindex(), hook).stream()
                .filter(filter -> Leftovers.isOneOf(filter, place.programs()))
                .toList();
    }

    @Override
    public boolean isAttached() {
        return filter.isAttached();
    }

    @Override
    public String method() {
        return "clsact";
    }

    @Override
    public boolean isAdopted() {
        return adopted;
    }

    @Override
    public void release() {
        // The qdisc holds the filter.
    }

    @Override
    public void close() {
        filter.detach();
    }
}
