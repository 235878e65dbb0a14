package dev.udpfanout.loader.receiver;

import dev.udpfanout.traffic.Payload;
import dev.udpfanout.traffic.PayloadCheck;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each sender has sent, in memory that does not grow: the first senders have their own figures, the others one
 * figure together. Datagrams of {@code udp-fanout send} belong to their run, whatever address they come from; others to
 * their address. Belongs to the thread that receives; its figures are copied out.
 */
public final class Senders {
    /** Each has a window of 8 KiB. */
    static final int MOST = 256;

    private final Map<Object, Sender> known = new LinkedHashMap<>();
    private final byte[] payload = new byte[Payload.MAX_DATAGRAM_BYTES];
    private long others;

    /**
     * What one sender has sent.
     *
     * @param from its address and port, as of its first datagram
     * @param isNumbered whether its datagrams have numbers, so that the other figures mean something
     * @param events datagrams
     * @param missing numbers between the lowest and the highest that have not come to this receiver: lost, or another
     *     receiver's
     * @param duplicated datagrams that came before
     * @param reordered datagrams that came after one with a higher number
     * @param late datagrams so far behind that it is not known whether they came before
     * @param corrupt numbered datagrams whose payload is not what was sent
     */
    public record Figures(
            InetSocketAddress from,
            boolean isNumbered,
            long events,
            long missing,
            long duplicated,
            long reordered,
            long late,
            long corrupt) {}

    private static final class Sender {
        private final InetSocketAddress from;
        private final SequenceWindow numbers;
        private long events;
        private long corrupt;

        Sender(InetSocketAddress from, boolean isNumbered) {
            this.from = from;
            this.numbers = isNumbered ? new SequenceWindow() : null;
        }

        Figures figures() {
            return numbers == null
                    ? new Figures(from, false, events, 0, 0, 0, 0, 0)
                    : new Figures(
                            from,
                            true,
                            events,
                            numbers.missing(),
                            numbers.duplicated(),
                            numbers.reordered(),
                            numbers.late(),
                            corrupt);
        }
    }

    /** Takes a datagram in. */
    void add(InetSocketAddress from, ByteBuffer datagram) {
        int size = datagram.remaining();
        PayloadCheck check = PayloadCheck.FOREIGN;
        if (size >= Payload.SMALLEST_RECOGNISED_BYTES && size <= payload.length) {
            datagram.get(datagram.position(), payload, 0, size);
            check = Payload.check(payload, size);
        }
        boolean isOfRun = check == PayloadCheck.INTACT || check == PayloadCheck.CORRUPT && isKnownRun();
        Sender sender = isOfRun ? of(Payload.runId(payload), from, true) : of(from, from, false);
        if (sender == null) {
            others++;
            return;
        }
        sender.events++;
        if (check == PayloadCheck.INTACT) {
            sender.numbers.add(Payload.sequence(payload));
        } else if (isOfRun) {
            sender.corrupt++;
        }
    }

    private boolean isKnownRun() {
        return known.containsKey(Payload.runId(payload));
    }

    private Sender of(Object key, InetSocketAddress from, boolean isNumbered) {
        Sender sender = known.get(key);
        if (sender == null && known.size() < MOST) {
            sender = new Sender(from, isNumbered);
            known.put(key, sender);
        }
        return sender;
    }

    /** Each sender's, in the order of their first datagrams. */
    public List<Figures> figures() {
        return known.values().stream().map(Sender::figures).toList();
    }

    /** Datagrams of senders that have no figures of their own. */
    public long ofOthers() {
        return others;
    }
}
