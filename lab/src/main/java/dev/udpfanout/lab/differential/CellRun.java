package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.traffic.PathSocket;
import dev.udpfanout.lab.traffic.ReceivedDatagram;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sends one load to one destination, a datagram at a time, and says what became of it. */
final class CellRun {
    /** So long for a datagram before the sender's kernel is asked whether it has learnt a path MTU from it. */
    private static final Duration USUAL_WAY = Duration.ofMillis(10);

    /** So long for a datagram before the next is sent. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    /**
     * So long at the end for those that have not arrived yet: the machine may be busy, and an emulated one stands
     * still.
     */
    private static final Duration LATE_LIMIT =
            Duration.ofSeconds(Integer.getInteger("udpfanout.differential.lateSeconds", 1));

    /** After so many losses the matter is settled. */
    private static final int LOSSES_ENOUGH = 3;

    private final Sender sender;
    private final Arrivals arrivals;
    private final Plan plan;
    private final List<Sent> pending = new ArrayList<>();
    private final List<Sent> all = new ArrayList<>();
    private final Set<Long> answered = new HashSet<>();
    private int knownMtu;
    private long delivered;
    private long learnt;
    private long refused;
    private long lost;

    /**
     * What to send.
     *
     * @param load its kind
     * @param to where
     * @param perFlow how many datagrams each socket sends
     * @param copies at how many receivers each is to arrive
     * @param answers whether each is to be answered
     * @param fits whether it fits the path, so that nobody may refuse it
     * @param mayGiveUp whether not to go on after a few losses; else only if nothing arrives at all
     */
    record Plan(
            Load load,
            InetSocketAddress to,
            int perFlow,
            Copies copies,
            boolean answers,
            boolean fits,
            boolean mayGiveUp) {}

    private record Sent(int flow, long sequence, Arrivals.Expected expected) {}

    private CellRun(Sender sender, Arrivals arrivals, Plan plan) {
        this.sender = sender;
        this.arrivals = arrivals;
        this.plan = plan;
    }

    /** Sends from each of the flows in turn; the sender has learnt nothing before. */
    static Count run(Sender sender, List<PathSocket> flows, Arrivals arrivals, Plan plan) {
        return new CellRun(sender, arrivals, plan).run(flows);
    }

    private Count run(List<PathSocket> flows) {
        sender.forgetPathMtu();
        flows.forEach(flow -> flow.discover(plan.load().discovery()));
        knownMtu = sender.pathMtu(plan.to());
        boolean[] heard = new boolean[flows.size()];
        for (int i = 0; i < plan.perFlow() && !isSettled(); i++) {
            for (int flow = 0; flow < flows.size() && !isSettled(); flow++) {
                heard[flow] |= sendOne(flow, flows.get(flow));
            }
        }
        awaitLate(flows, heard);
        long duplicates =
                all.stream().mapToLong(sent -> sent.expected().duplicates()).sum();
        return new Count((long) plan.perFlow() * flows.size(), delivered, learnt, refused, lost, duplicates);
    }

    private boolean isSettled() {
        long losses = lost + pending.size();
        return plan.mayGiveUp() ? losses >= LOSSES_ENOUGH : delivered == 0 && losses > LOSSES_ENOUGH;
    }

    /** Whether its flow is through to somebody: a receiver, or a kernel that refuses for a good reason. */
    private boolean sendOne(int flow, PathSocket socket) {
        long sequence = Sender.nextSequence();
        byte[] payload = Payload.of(Sender.RUN_ID, sequence, plan.load().bytes());
        // Fragments are not mirrored: docs/spreading.md.
        Copies copies = new Copies(
                plan.copies().least(), plan.copies().most(), plan.copies().mirrored() && plan.fits());
        Sent sent = new Sent(flow, sequence, arrivals.expect(payload, copies));
        all.add(sent);
        int error = socket.send(payload, plan.to());
        if (error == PathSocket.TOO_LARGE && !plan.fits()) {
            refused++;
            return true;
        }
        if (error != PathSocket.TAKEN) {
            lost++;
            return false;
        }
        boolean arrived = hasArrived(sent, socket, payload, USUAL_WAY);
        if (!arrived && !plan.fits() && hasLearnt()) {
            learnt++;
            return false;
        }
        // One without a number cannot be told from the next one of its size, once it is late.
        Duration patience = payload.length < Long.BYTES ? LATE_LIMIT : PATIENCE;
        if (arrived || hasArrived(sent, socket, payload, patience)) {
            delivered++;
            return true;
        }
        if (!plan.fits() && hasLearnt()) {
            learnt++;
            return false;
        }
        pending.add(sent);
        return false;
    }

    private boolean hasArrived(Sent sent, PathSocket socket, byte[] payload, Duration limit) {
        if (!plan.answers()) {
            return sent.expected().await(limit);
        }
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); left > 0; left = (deadlineNanos - System.nanoTime()) / 1_000_000) {
            ReceivedDatagram answer = socket.receive((int) left);
            if (answer != null && note(answer) && Arrays.equals(answer.payload(), payload)) {
                return true;
            }
        }
        return false;
    }

    /** An answer counts if it comes from where the question went. */
    private boolean note(ReceivedDatagram answer) {
        if (!answer.source().equals(plan.to())) {
            return false;
        }
        if (answer.payload().length >= Long.BYTES) {
            answered.add(Payload.sequence(answer.payload()));
        }
        return true;
    }

    private boolean hasLearnt() {
        int mtu = sender.pathMtu(plan.to());
        boolean smaller = mtu < knownMtu;
        knownMtu = mtu;
        return smaller;
    }

    private void awaitLate(List<PathSocket> flows, boolean[] heard) {
        long deadlineNanos = System.nanoTime() + LATE_LIMIT.toNanos();
        for (Sent sent : pending) {
            Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
            if (isThereAtLast(sent, flows.get(sent.flow()), left)) {
                delivered++;
            } else if (plan.answers() && !plan.fits() && heard[sent.flow()]) {
                // The answer was too large for the receiver's path, until its kernel had learnt.
                learnt++;
            } else {
                lost++;
            }
        }
    }

    private boolean isThereAtLast(Sent sent, PathSocket socket, Duration left) {
        if (!plan.answers()) {
            return sent.expected().await(left);
        }
        if (answered.contains(sent.sequence())) {
            return true;
        }
        ReceivedDatagram answer = socket.receive((int) left.toMillis());
        while (answer != null) {
            note(answer);
            answer = socket.receive(0);
        }
        return answered.contains(sent.sequence());
    }
}
