package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.NetflowCounters.Telling;
import dev.udpfanout.forwarder.netflow.Debts;
import dev.udpfanout.forwarder.netflow.ExporterKey;
import dev.udpfanout.forwarder.netflow.Introduction;
import dev.udpfanout.forwarder.netflow.RememberedMessage;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.NetflowMessages;
import dev.udpfanout.forwarder.worker.WorkerStats;
import io.netty.channel.IoEventLoop;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Tells endpoints what is known of exporters: those that are new, and those that have missed something. A part at once,
 * the rest between batches of datagrams; until an endpoint knows all, it gets no records, if there are others who do.
 * The event loop's.
 */
final class Introductions {
    /** A message for an endpoint: fits what every IPv6 link takes, with its headers. */
    static final int MAX_BYTES = 1232;

    /** How often an endpoint that the kernel sends nothing to is told all templates again. */
    private static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final TemplateMemory templates;
    private final boolean tellsRestored;
    private final IoEventLoop loop;
    private final NetflowMessages written;
    private final BatchSender sender;
    private final Hairpin hairpin;
    private final WorkerStats stats;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private SocketTarget[] targets = {};
    private Debts debts = new Debts(0);
    private long paidAtNs;
    private boolean isScheduled;

    /** @param lacking those that have missed a message of it, or one that came meanwhile */
    private record Pending(
            Introduction<ExporterKey, RememberedMessage, SocketTarget> introduction,
            Telling why,
            Set<SocketTarget> lacking) {}

    /**
     * @param tellsRestored whether what an earlier process knew, and nobody has taken, is told, too
     * @param written where messages are written that {@code sender} sends
     */
    Introductions(
            TemplateMemory templates,
            boolean tellsRestored,
            IoEventLoop loop,
            NetflowMessages written,
            BatchSender sender,
            Hairpin hairpin,
            WorkerStats stats) {
        this.templates = templates;
        this.tellsRestored = tellsRestored;
        this.loop = loop;
        this.written = written;
        this.sender = sender;
        this.hairpin = hairpin;
        this.stats = stats;
    }

    /** Those who lack something, by their places among the endpoints in force. */
    Debts debts() {
        return debts;
    }

    /** Endpoints that are new are told all templates. That keeps traffic waiting for half a second at the most. */
    void use(SocketTarget[] next) {
        SocketTarget[] before = targets;
        Debts earlier = debts;
        targets = next;
        debts = new Debts(next.length);
        paidAtNs = System.nanoTime() - AGAIN_NS;
        Set<SocketTarget> joining = new LinkedHashSet<>();
        for (int i = 0; i < next.length; i++) {
            int was = Arrays.asList(before).indexOf(next[i]);
            debts.set(i, was < 0 || earlier.isOwed(was));
            if (was < 0) {
                joining.add(next[i]);
            }
        }
        add(List.copyOf(joining), Telling.JOINED);
        long untilNs = System.nanoTime() + Introduction.LONGEST_WAIT.toNanos();
        boolean isTold = true;
        while (!pending.isEmpty() && isTold) {
            isTold = tellFirst(Integer.MAX_VALUE, untilNs);
        }
        schedule();
    }

    /** Begins to tell all to those who lack something, at most every 100 ms. */
    void payDebts(long nowNs) {
        if (!debts.any() || !pending.isEmpty() || nowNs - paidAtNs < AGAIN_NS) {
            return;
        }
        paidAtNs = nowNs;
        add(
                IntStream.range(0, targets.length)
                        .filter(debts::isOwed)
                        .mapToObj(target -> targets[target])
                        .distinct()
                        .toList(),
                Telling.RETRIED);
        tellBatch();
    }

    /** An endpoint was not sent a message of templates. */
    void onMissed(int target) {
        debts.set(target, true);
        pending.forEach(each -> each.lacking().add(targets[target]));
    }

    /** Tells all endpoints again that lack nothing. */
    void tellAgain(List<RememberedMessage> messages) {
        for (int target = 0; target < targets.length && !messages.isEmpty(); target++) {
            for (int i = 0; i < messages.size() && !debts.isOwed(target); i++) {
                if (!tell(messages.get(i), targets[target], Telling.RETOLD)) {
                    onMissed(target);
                }
            }
        }
    }

    private void add(List<SocketTarget> receivers, Telling why) {
        if (!receivers.isEmpty()) {
            pending.add(new Pending(
                    new Introduction<>(templates.keys(tellsRestored), receivers),
                    why,
                    Collections.newSetFromMap(new IdentityHashMap<>())));
        }
    }

    private void schedule() {
        if (!pending.isEmpty() && !isScheduled) {
            isScheduled = true;
            loop.schedule(this::goOn, Introduction.BATCH_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void goOn() {
        isScheduled = false;
        if (!pending.isEmpty()) {
            tellBatch();
        }
    }

    private void tellBatch() {
        tellFirst(Introduction.BATCH_DATAGRAMS, System.nanoTime() + Introduction.LONGEST_WAIT.toNanos());
        schedule();
    }

    private boolean tellFirst(int most, long untilNs) {
        Pending first = pending.element();
        boolean isTold = first.introduction()
                .tell(
                        exporter -> templates.of(exporter, MAX_BYTES),
                        (message, target) -> {
                            if (!tell(message, target, first.why())) {
                                first.lacking().add(target);
                            }
                        },
                        most,
                        untilNs);
        if (isTold) {
            pending.remove();
            for (int i = 0; i < targets.length; i++) {
                if (first.introduction().receivers().contains(targets[i])) {
                    debts.set(i, first.lacking().contains(targets[i]));
                }
            }
        }
        return isTold;
    }

    /** Whether the endpoint does not lack it now. */
    private boolean tell(RememberedMessage message, SocketTarget to, Telling why) {
        int target = Arrays.asList(targets).indexOf(to);
        DatagramBatch told = written.tell(message.sockaddr(), message.message());
        if (target < 0 || hairpin.isFrom(told, 0, target)) {
            return true;
        }
        long before = stats.forwarded();
        stats.onReceived(1, message.message().length);
        sender.sendAll(told, to);
        stats.netflow().onTold(why, 1);
        return stats.forwarded() != before;
    }
}
