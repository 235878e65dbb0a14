package dev.udpfanout.lab.frames;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.MacAddress;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Answers ARP requests for addresses that are on no interface, and tells the segment when it has got one, from user
 * space, as MetalLB's speaker does in layer 2 mode. It answers nothing until it is told to.
 */
public final class ArpResponder implements AutoCloseable {
    private static final Duration START_STOP_LIMIT = Duration.ofSeconds(10);
    private static final int POLL_MS = 20;

    private final MacAddress mac;
    private final FrameSender announcements;
    private final Set<Inet4Address> answered = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean stopping;

    private ArpResponder(MacAddress mac, FrameSender announcements) {
        this.mac = mac;
        this.announcements = announcements;
    }

    /**
     * Starts one on an interface; the topology stops it at the latest.
     *
     * @param mac the interface's own link-layer address
     * @throws java.util.concurrent.CompletionException if there is no such interface
     */
    public static ArpResponder start(LabNamespace namespace, String interfaceName, MacAddress mac) {
        ArpResponder responder = new ArpResponder(mac, FrameSender.open(namespace, interfaceName));
        namespace
                .thread("arp-" + interfaceName, () -> responder.run(interfaceName))
                .start();
        within(responder.started);
        return namespace.closedWithTopology(responder);
    }

    /** Answers for an address from now on. */
    public void answerFor(Inet4Address address) {
        answered.add(address);
    }

    /** Answers for an address no longer. */
    public void stopAnsweringFor(Inet4Address address) {
        answered.remove(address);
    }

    /**
     * Tells everyone on the segment that an address is here.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException if the kernel does not take the frames, for example
     *     ENETDOWN
     */
    public synchronized void announce(Inet4Address address) {
        ArpPacket.gratuitous(mac, address).forEach(packet -> announcements.send(packet.frameTo(MacAddress.BROADCAST)));
    }

    @Override
    public void close() {
        stopping = true;
        within(finished);
        synchronized (this) {
            announcements.close();
        }
    }

    private static void within(CompletableFuture<Void> event) {
        event.copy()
                .orTimeout(START_STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private void run(String interfaceName) {
        try (PacketSocket socket = PacketSocket.open(interfaceName, ArpPacket.ETHER_TYPE)) {
            started.complete(null);
            while (!stopping) {
                CapturedFrame frame = socket.receive(POLL_MS);
                if (frame != null && frame.type() != PacketType.OUTGOING) {
                    answer(socket, frame);
                }
            }
            finished.complete(null);
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENETDOWN)) {
                // Nobody can be heard or answered any more.
                finished.complete(null);
            }
            fail(e);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(RuntimeException e) {
        started.completeExceptionally(e);
        finished.completeExceptionally(e);
    }

    private void answer(PacketSocket socket, CapturedFrame frame) {
        ArpPacket.in(frame.bytes())
                .filter(packet -> packet.operation() == ArpPacket.REQUEST && answered.contains(packet.target()))
                // Not one that asks for itself: that is an announcement.
                .filter(packet -> !packet.sender().equals(packet.target()))
                .map(packet -> packet.answeredWith(mac).frameTo(packet.senderMac()))
                .ifPresent(socket::send);
    }
}
