package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.UserspaceConfig;
import dev.udpfanout.loader.config.UserspaceConfig.Io;
import dev.udpfanout.loader.config.UserspaceConfig.Source;
import dev.udpfanout.loader.config.yaml.Section;
import java.util.List;
import java.util.Optional;

/** Reads what a listener says of the datapath in user space. */
final class UserspaceReader {
    private static final int MAX_WORKERS = 64;

    /** CPU_SETSIZE of sched.h is 1024. */
    private static final int MAX_CPU = 1023;

    /** UIO_MAXIOV of linux/uio.h, the most messages one recvmmsg(2) takes. */
    private static final int MAX_BATCH_SIZE = 1024;

    private static final int MIN_RECEIVE_BUFFER_BYTES = 4096;
    private static final int MAX_RECEIVE_BUFFER_BYTES = 1 << 30;

    /** 65,535 less 20 and 8 bytes of headers. */
    private static final int MAX_PACKET_BYTES = 65_507;

    private UserspaceReader() {}

    static UserspaceConfig read(Section listener) {
        int cpusHere = Math.min(Runtime.getRuntime().availableProcessors(), MAX_WORKERS);
        return new UserspaceConfig(
                listener.choice("io", Io.class, Io.AUTO),
                listener.wholeNumber("workers", cpusHere, 1, MAX_WORKERS),
                cpus(listener),
                listener.wholeNumber("batch_size", 64, 1, MAX_BATCH_SIZE),
                listener.wholeNumber("recv_buf_size", 8 << 20, MIN_RECEIVE_BUFFER_BYTES, MAX_RECEIVE_BUFFER_BYTES),
                listener.wholeNumber("max_packet_size", MAX_PACKET_BYTES, 1, MAX_PACKET_BYTES),
                source(listener));
    }

    private static List<Integer> cpus(Section listener) {
        List<Integer> cpus = listener.wholeNumbers("cpus", 0, MAX_CPU);
        if (cpus.isEmpty() && listener.has("cpus")) {
            listener.problem("cpus", "at least one CPU is needed; leave the key out for no pinning");
        }
        return cpus;
    }

    private static Optional<Source> source(Section listener) {
        return listener.has("source")
                ? Optional.of(listener.choice("source", Source.class, Source.CLIENT))
                : Optional.empty();
    }

    /** What fits neither the mode nor the rest. */
    static void check(ListenerConfig listener, Section section) {
        Optional<Source> source = listener.userspace().source();
        if (listener.mode() == Mode.TC_EBPF && source.equals(Optional.of(Source.NODE))) {
            section.problem("source", "mode tc_ebpf always keeps the client's address; only user space can hide it");
        }
        if (listener.userspace().io() == Io.NIO && source.equals(Optional.of(Source.CLIENT))) {
            section.problem("source", "io nio cannot keep the client's address; io_uring and epoll can");
        }
        checkRange(listener, section);
        checkCopies(listener, section);
        if (listener.replies()
                && listener.mode() != Mode.TC_EBPF
                && listener.kernelOnly().isEmpty()) {
            checkReplies(listener, section);
        }
        if (listener.mode() == Mode.USERSPACE && listener.vipDirect()) {
            section.problem(
                    "mode",
                    "a VIP cannot be served in user space: kube-proxy changes the destination before a socket could see"
                            + " it. Use tc_ebpf, or bind to an address on a dummy interface");
        }
        if (listener.mode() == Mode.USERSPACE && !listener.vipDirect()) {
            listener.kernelOnly()
                    .ifPresent(what -> section.problem(
                            what.split(":")[0],
                            what + " works in the kernel only; use mode tc_ebpf or auto, or remove it"));
        }
    }

    private static void checkRange(ListenerConfig listener, Section section) {
        if (listener.userspace().io() == Io.NIO
                && listener.mode() != Mode.TC_EBPF
                && listener.kernelOnly().isEmpty()
                && listener.range().isPresent()) {
            section.problem(
                    "io",
                    "nio cannot serve the range of addresses in publish.addresses, since it cannot keep broadcasts and"
                            + " multicasts to the port away from the receivers; use io_uring or epoll, or"
                            + " publish.addresses: bind");
        }
    }

    private static void checkCopies(ListenerConfig listener, Section section) {
        if (listener.userspace().io() == Io.NIO
                && listener.mode() != Mode.TC_EBPF
                && listener.kernelOnly().isEmpty()
                && listener.receivers().spreading().policy().copies()) {
            section.problem(
                    "io",
                    "nio does not work with policy replicate, since it does not learn how far a datagram has come, so"
                            + " copies between nodes could go round for ever; use io_uring or epoll");
        }
    }

    private static void checkReplies(ListenerConfig listener, Section section) {
        if (listener.userspace().source().equals(Optional.of(Source.CLIENT))) {
            section.problem(
                    "source",
                    "with replies a receiver in user space mode must see the node's address, or its answer would not come"
                            + " back to this node's socket; use node, leave it out, or use mode tc_ebpf");
        }
        if (listener.userspace().io() == Io.NIO && listener.isWildcard()) {
            section.problem(
                    "io",
                    "with replies nio cannot serve a wildcard address, since it does not learn which address a client has"
                            + " sent to; bind to one address, or use io_uring or epoll");
        }
    }
}
