package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Sockets of a namespace that send chunked GELF messages at the same time, a chunk each in turn. */
public final class GelfSenders implements AutoCloseable {
    private static final int PART_BYTES = 40;

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final Random random;
    private final Map<Long, byte[]> sent = new TreeMap<>();
    private long datagrams;

    /** A message on its way. */
    private record Message(long id, byte[] content, int chunks) {
        ByteBuffer chunk(int number) {
            int bytes = Math.min(PART_BYTES, content.length - number * PART_BYTES);
            return ByteBuffer.allocate(GelfReceiver.HEADER_BYTES + bytes)
                    .putShort(GelfReceiver.MAGIC)
                    .putLong(id)
                    .put((byte) number)
                    .put((byte) chunks)
                    .put(content, number * PART_BYTES, bytes)
                    .flip();
        }
    }

    private GelfSenders(long seed) {
        this.random = new Random(seed);
    }

    /** @param seed of the messages: the same makes the same ones */
    public static GelfSenders open(LabNamespace namespace, int senders, long seed) {
        GelfSenders opened = new GelfSenders(seed);
        for (int i = 0; i < senders; i++) {
            opened.channels.add(namespace.call(DatagramChannel::open));
        }
        return opened;
    }

    /**
     * Sends messages of 2 to 128 chunks, as many at a time as there are senders.
     *
     * @param pace called with how many datagrams have been sent so far, after each round
     */
    public void send(InetSocketAddress to, int messages, LongConsumer pace) {
        for (int begun = 0; begun < messages; begun += channels.size()) {
            List<Message> now = new ArrayList<>();
            for (int i = begun; i < Math.min(messages, begun + channels.size()); i++) {
                now.add(message());
            }
            for (int number = 0; number < GelfReceiver.MAX_CHUNKS; number++) {
                sendRound(to, now, number);
                pace.accept(datagrams);
            }
        }
    }

    private Message message() {
        int chunks = random.nextInt(2, GelfReceiver.MAX_CHUNKS + 1);
        byte[] content = new byte[chunks * PART_BYTES - random.nextInt(PART_BYTES)];
        random.nextBytes(content);
        long id = random.nextLong();
        sent.put(id, content);
        return new Message(id, content, chunks);
    }

    private void sendRound(InetSocketAddress to, List<Message> messages, int number) {
        try {
            for (int i = 0; i < messages.size(); i++) {
                if (number < messages.get(i).chunks()) {
                    channels.get(i).send(messages.get(i).chunk(number), to);
                    datagrams++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All messages, by id. */
    public Map<Long, byte[]> sent() {
        return sent;
    }

    /** How many chunks that were. */
    public long datagrams() {
        return datagrams;
    }

    @Override
    public void close() {
        for (DatagramChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
