package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.tc.Qdisc;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A program as a filter of the clsact qdisc. The qdisc is made if there is none, and left alone afterwards: others may
 * have put filters there since. A filter outlives the process by itself.
 */
final class ClsactAttachment implements Attachment {
    /** Early, so that a filter that ends the chain with TC_ACT_OK comes after us; beside Cilium's, which are at 1. */
    private static final int PRIORITY = 1;

    private final ClsactFilter filter;
    private final HookPlace place;
    private final Network network;
    private final boolean adopted;

    private ClsactAttachment(ClsactFilter filter, HookPlace place, Network network, boolean adopted) {
        this.filter = filter;
        this.place = place;
        this.network = network;
        this.adopted = adopted;
    }

    /** Puts the program in the place of the one that an earlier daemon left on this hook, or adds a filter. */
    static ClsactAttachment attach(BpfProgram program, HookPlace place, Network network) {
        ensureQdisc(place, network);
        List<TcFilter> left = leftovers(place, network);
        if (left.isEmpty()) {
            return add(program, place, network);
        }
        TcFilter first = left.getFirst();
        ClsactFilter filter =
                new ClsactFilter(place.ifindex(), place.hook(), first.priority(), first.handle(), 0).replace(program);
        left.stream().skip(1).forEach(network.filters()::delete);
        return new ClsactAttachment(filter, place, network, true);
    }

    /** Of the filters of one priority, the one that came last runs first: cls_bpf_change in net/sched/cls_bpf.c. */
    private static ClsactAttachment add(BpfProgram program, HookPlace place, Network network) {
        ClsactFilter filter =
                ClsactFilter.attach(program, place.ifindex(), place.interfaceName(), place.hook(), PRIORITY);
        return new ClsactAttachment(filter, place, network, false);
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

    /** Whether an earlier daemon's filter is on a hook. */
    static boolean isLeft(HookPlace place, Network network) {
        return !leftovers(place, network).isEmpty();
    }

    /** Removes our filters from a hook, after the hook has been given to another way of attaching. */
    static void removeLeftover(HookPlace place, Network network) {
        leftovers(place, network).forEach(network.filters()::delete);
    }

    private static List<TcFilter> leftovers(HookPlace place, Network network) {
        return filters(place, network).stream()
                .filter(filter -> Leftovers.isOneOf(filter, place.programs()))
                .toList();
    }

    private static List<TcFilter> filters(HookPlace place, Network network) {
        TcHook hook = place.hook() == HookPoint.INGRESS ? TcHook.INGRESS : TcHook.EGRESS;
        return network.filters().of(place.ifindex(), hook);
    }

    @Override
    public int programId() {
        return filter.programId();
    }

    /** All of TCX is before clsact. The kernel lists filters in the order in which it asks them. */
    @Override
    public List<HookProgram> before(Set<Integer> own) {
        Stream<HookProgram> byTcx = TcxLink.programsOn(place.ifindex(), place.hook()).stream()
                .filter(id -> !own.contains(id))
                .map(HookProgram::ofId);
        return Stream.concat(byTcx, earlierFilters(own).map(ClsactAttachment::program))
                .toList();
    }

    private Stream<TcFilter> earlierFilters(Set<Integer> own) {
        return filters(place, network).stream()
                .filter(each -> each.chain() == 0)
                .takeWhile(each -> each.priority() != filter.priority() || each.handle() != filter.handle())
                .filter(each -> !own.contains(each.programId().orElse(0)));
    }

    private static HookProgram program(TcFilter other) {
        return other.programId().isPresent()
                ? HookProgram.ofId(other.programId().getAsInt())
                : new HookProgram(0, other.kind() + " at priority " + other.priority());
    }

    @Override
    public boolean canMove(Set<Integer> own) {
        return earlierFilters(own).findAny().isPresent();
    }

    @Override
    public Attachment moveFirst(BpfProgram instance) {
        ClsactAttachment first = add(instance, place, network);
        filter.detach();
        return first;
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
