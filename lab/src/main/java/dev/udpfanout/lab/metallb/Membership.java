package dev.udpfanout.lab.metallb;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Who of the nodes is alive, by datagrams between them on the segment: a node that has not been heard for
 * {@link #SILENCE} is taken for dead, until it is heard again. Stands for the memberlist that MetalLB's speakers keep,
 * which asks other members before it gives one up and by its defaults takes some seconds.
 */
public final class Membership implements AutoCloseable {
    /** After which a node that is not heard is dead. */
    public static final Duration SILENCE = Duration.ofMillis(1_500);

    private static final Duration BEAT = Duration.ofMillis(100);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final int MAX_NAME_BYTES = 253;

    private final String self;
    private final Map<String, InetSocketAddress> others;
    private final Map<String, Long> lastHeardNanos = new HashMap<>();
    private final Runnable onChange;
    private final DatagramChannel channel;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile Set<String> alive;
    private volatile boolean stopping;

    private Membership(String self, DatagramChannel channel, Map<String, InetSocketAddress> others, Runnable onChange) {
        this.self = self;
        this.channel = channel;
        this.others = Map.copyOf(others);
        this.onChange = onChange;
        this.alive = withSelf(others.keySet());
        others.keySet().forEach(name -> lastHeardNanos.put(name, System.nanoTime()));
    }

    /**
     * Takes part; the others are alive until they prove not to be. The topology ends it at the latest.
     *
     * @param self this node's name
     * @param own where it listens, on the segment
     * @param others the other nodes by name, and where they listen
     * @param onChange told, on the membership's thread, that {@link #alive()} has changed
     */
    public static Membership join(
            LabNamespace node,
            String self,
            InetSocketAddress own,
            Map<String, InetSocketAddress> others,
            Runnable onChange) {
        DatagramChannel channel = node.call(() -> DatagramChannel.open().bind(own));
        Membership membership = new Membership(self, channel, others, onChange);
        node.thread("membership", membership::run).start();
        return node.closedWithTopology(membership);
    }

    /** The nodes that are alive, this one included. */
    public Set<String> alive() {
        return alive;
    }

    /** Leaves without a word, as one that is killed. */
    @Override
    public void close() {
        stopping = true;
        finished.copy().orTimeout(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private void run() {
        try (channel;
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            long nextBeatNanos = System.nanoTime();
            while (!stopping) {
                if (System.nanoTime() - nextBeatNanos >= 0) {
                    beat();
                    nextBeatNanos = System.nanoTime() + BEAT.toNanos();
                }
                selector.select(BEAT.toMillis() / 5);
                selector.selectedKeys().clear();
                // All that is there before anyone is given up: it may be this thread that was late.
                hear();
                judge();
            }
            finished.complete(null);
        } catch (IOException | RuntimeException e) {
            finished.completeExceptionally(e);
        }
    }

    private void beat() {
        for (InetSocketAddress other : others.values()) {
            try {
                channel.send(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), other);
            } catch (IOException e) {
                // No way to it, or the node's own link is down: the others will notice.
            }
        }
    }

    private void hear() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_NAME_BYTES);
        while (channel.receive(buffer.clear()) != null) {
            String name = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
            lastHeardNanos.computeIfPresent(name, (known, before) -> System.nanoTime());
        }
    }

    private void judge() {
        Set<String> now = new TreeSet<>(lastHeardNanos.keySet());
        now.removeIf(name -> System.nanoTime() - lastHeardNanos.get(name) > SILENCE.toNanos());
        now.add(self);
        if (!now.equals(alive)) {
            alive = Set.copyOf(now);
            onChange.run();
        }
    }

    private Set<String> withSelf(Set<String> names) {
        Set<String> all = new TreeSet<>(names);
        all.add(self);
        return Set.copyOf(all);
    }
}
