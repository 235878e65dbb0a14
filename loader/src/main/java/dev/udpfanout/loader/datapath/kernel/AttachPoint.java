package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.rtnetlink.Link;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One interface with its listeners: what must be true of it, and the programs on its hooks. */
final class AttachPoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AttachPoint.class);
    private static final int NO_INTERFACE = 0;

    private final List<ListenerConfig> listeners;
    private final ListenerConfig first;
    private final Network network;
    private final RepairLog repairs;
    private final Optional<Dummy> dummy;
    private final Map<HookPoint, BpfProgram> wanted = new EnumMap<>(HookPoint.class);
    private final Map<HookPoint, Attachment> attachments = new EnumMap<>(HookPoint.class);
    private int ifindex = NO_INTERFACE;
    private boolean wasThere;

    /** What only a dummy interface has. */
    private record Dummy(DummyInterface dummyInterface, Steering steering, List<InetAddress> addresses) {}

    /**
     * @param listeners those of one interface; at least one
     */
    AttachPoint(List<ListenerConfig> listeners, KernelProgram program, Network network, RepairLog repairs) {
        this.listeners = List.copyOf(listeners);
        this.first = listeners.getFirst();
        this.network = network;
        this.repairs = repairs;
        if (first.isOnDummyInterface()) {
            DummyInterface dummyInterface = new DummyInterface(first.interfaceName(), network, repairs);
            this.dummy = Optional.of(new Dummy(dummyInterface, new Steering(network, repairs), addresses(listeners)));
            if (first.hook() == Hook.EGRESS) {
                wanted.put(HookPoint.EGRESS, program.rewriteAtEgress());
            } else {
                wanted.put(HookPoint.INGRESS, program.rewrite());
                wanted.put(HookPoint.EGRESS, program.turn());
            }
        } else {
            this.dummy = Optional.empty();
            wanted.put(HookPoint.INGRESS, program.rewrite());
        }
    }

    private static List<InetAddress> addresses(List<ListenerConfig> listeners) {
        TreeSet<InetAddress> addresses = new TreeSet<>(java.util.Comparator.comparing(InetAddress::getHostAddress));
        listeners.forEach(listener -> addresses.add(listener.bind().getAddress()));
        return List.copyOf(addresses);
    }

    List<ListenerConfig> listeners() {
        return listeners;
    }

    String interfaceName() {
        return first.interfaceName();
    }

    boolean isDummy() {
        return dummy.isPresent();
    }

    /** The interface's index while it is there. */
    Optional<Integer> ifindex() {
        return ifindex == NO_INTERFACE ? Optional.empty() : Optional.of(ifindex);
    }

    /** Finds the interface, or makes it if it is a dummy; programs and routes are not touched yet. */
    void findInterface() {
        Optional<Link> link = dummy.isPresent()
                ? Optional.of(dummy.get().dummyInterface().ensure(dummy.get().addresses()))
                : network.links().byName(interfaceName());
        int found = link.map(Link::index).orElse(NO_INTERFACE);
        if (found == ifindex) {
            return;
        }
        // What was on the old interface went with it.
        attachments.values().forEach(Attachment::close);
        attachments.clear();
        ifindex = found;
        if (found == NO_INTERFACE) {
            LOG.atWarn()
                    .addKeyValue("interface", interfaceName())
                    .log("interface vanished; its listeners wait for it to come back");
        } else if (wasThere) {
            repairs.repaired(Repair.INTERFACE_RETURNED, interfaceName());
        }
        wasThere = true;
    }

    /** Attaches the programs and steers, where that is not so yet. */
    void connect() {
        if (ifindex == NO_INTERFACE) {
            return;
        }
        wanted.forEach(this::ensureAttached);
        if (dummy.isPresent()) {
            Optional<Link> link = network.links().byIndex(ifindex);
            link.ifPresent(present ->
                    dummy.get().steering().ensure(present, dummy.get().addresses()));
        }
    }

    private void ensureAttached(HookPoint hook, BpfProgram program) {
        Attachment present = attachments.get(hook);
        if (present != null && present.isAttached()) {
            return;
        }
        if (present != null) {
            present.close();
            attachments.remove(hook);
            repairs.repaired(Repair.PROGRAM_REATTACHED, interfaceName());
        }
        Attachment attachment = Attacher.attach(first.attach(), program, ifindex, interfaceName(), hook);
        attachments.put(hook, attachment);
        String what = program.name().equals(KernelProgram.TURN) ? "turn program" : "program";
        LOG.atInfo()
                .addKeyValue("interface", interfaceName())
                .addKeyValue("method", attachment.method())
                .log("attached TC eBPF {} to {}", what, hook);
    }

    @Override
    public void close() {
        dummy.ifPresent(present -> present.steering().undo(interfaceName()));
        attachments.forEach((hook, attachment) -> {
            attachment.close();
            LOG.atInfo().addKeyValue("interface", interfaceName()).log("detached TC eBPF program from {}", hook);
        });
        attachments.clear();
        ifindex = NO_INTERFACE;
    }
}
