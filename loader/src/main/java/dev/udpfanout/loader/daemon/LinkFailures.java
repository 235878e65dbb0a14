package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.monitor.Event;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.loader.links.HostSide;
import dev.udpfanout.loader.links.HostSideReader;
import dev.udpfanout.loader.links.LinkDowns;
import dev.udpfanout.loader.links.LocalPeer;
import dev.udpfanout.loader.links.LocalPeers;
import dev.udpfanout.loader.links.NetworkTables;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the links that lead to endpoints, on a thread of its own, and says which endpoints are cut off, and which are
 * in pods that datagrams can be put straight into. An event of a link counts at once, by what was last known of who is
 * behind it. Who is behind what is read anew after other events, but as a rule for no more than a tenth of the time,
 * however many events there are.
 */
final class LinkFailures implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkFailures.class);
    /** Between looks at the tables, at least. */
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** For how long new targets wait to be noticed, at most. */
    private static final Duration NOTICE = Duration.ofSeconds(1);
    /** Between looks at the tables if there is no event, at most. */
    private static final Duration REST = Duration.ofSeconds(10);
    /** Between looks at what stands before pods, of some of which the kernel tells nobody. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final int PAUSE_FOR_COST = 10;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final RouteMonitor monitor;
    private final RtnetlinkSocket socket;
    private final Function<RtnetlinkSocket, NetworkTables> reader;
    private final Consumer<Set<InetAddress>> onChange;
    private final Consumer<Map<InetAddress, LocalPeer>> onPeers;
    private final Runnable onMoved;
    private final LinkDowns downs = new LinkDowns();
    private final LocalPeers peers = new LocalPeers();
    private final HostSideReader hostSide = HostSideReader.open();
    private final SupervisedThread thread =
            new SupervisedThread("link-failures", "link-failures", this::watch, () -> isStopping());
    private volatile Set<InetAddress> targets = Set.of();
    private volatile Map<InetAddress, Integer> noted = Map.of();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Set<InetAddress> peerTargets = Set.of();
    private boolean failing;
    private Set<InetAddress> watched = Set.of();
    private Set<InetAddress> watchedPeers = Set.of();
    private Map<InetAddress, LocalPeer> foundPeers = Map.of();
    private List<Link> foundLinks = List.of();
    private Map<InetAddress, LocalPeer> toldPeers = Map.of();
    private Set<InetAddress> told = Set.of();

    private LinkFailures(
            RouteMonitor monitor,
            RtnetlinkSocket socket,
            Function<RtnetlinkSocket, NetworkTables> reader,
            Consumer<Set<InetAddress>> onChange,
            Consumer<Map<InetAddress, LocalPeer>> onPeers,
            Runnable onMoved) {
        this.monitor = monitor;
        this.socket = socket;
        this.reader = reader;
        this.onChange = onChange;
        this.onPeers = onPeers;
        this.onMoved = onMoved;
    }

    /**
     * Starts to watch the calling thread's network namespace; there is nothing to say before {@link #targets}.
     *
     * @param onChange told the addresses that are cut off, whenever these are others than before; called on the
     *     watching thread, must be quick
     * @param onPeers told the way to those of {@link #peerTargets} that are in a pod of this node, whenever it is
     *     another; as above
     * @param onMoved called when a target is reached by another link than before; as above
     */
    static LinkFailures start(
            Consumer<Set<InetAddress>> onChange, Consumer<Map<InetAddress, LocalPeer>> onPeers, Runnable onMoved) {
        return start(onChange, onPeers, onMoved, NetworkTables::read);
    }

    /** As above, with what reads the tables. */
    static LinkFailures start(
            Consumer<Set<InetAddress>> onChange,
            Consumer<Map<InetAddress, LocalPeer>> onPeers,
            Runnable onMoved,
            Function<RtnetlinkSocket, NetworkTables> reader) {
        RouteMonitor monitor = RouteMonitor.openWithNeighbours();
        try {
            LinkFailures failures =
                    new LinkFailures(monitor, RtnetlinkSocket.open(), reader, onChange, onPeers, onMoved);
            failures.thread.start();
            return failures;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    /** Which addresses to watch from now on. Any thread; does not wait. */
    void targets(Set<InetAddress> addresses) {
        targets = Set.copyOf(addresses);
    }

    /** Which addresses datagrams are to be put straight into the pods of, from now on. Any thread; does not wait. */
    void peerTargets(Set<InetAddress> addresses) {
        peerTargets = Set.copyOf(addresses);
    }

    /** By which link each target is reached, as far as that is known by now; immutable. Any thread. */
    Map<InetAddress, Integer> links() {
        return noted;
    }

    private void watch() {
        long readNanos = System.nanoTime();
        long pauseNanos = 0;
        long lookNanos = readNanos;
        boolean isStale = true;
        while (!isStopping()) {
            try {
                long now = System.nanoTime();
                long due = readNanos + (isStale ? pauseNanos : REST.toNanos());
                if (now - due >= 0) {
                    NetworkTables tables = reader.apply(socket);
                    downs.tables(tables, now);
                    readNanos = System.nanoTime();
                    // The first look is dear, since its code is new; what has changed must not wait longer than what
                    // has not.
                    pauseNanos = Math.clamp(PAUSE_FOR_COST * (readNanos - now), PAUSE.toNanos(), REST.toNanos());
                    isStale = false;
                    recovered();
                    note();
                    tell();
                    foundPeers = peers.tables(tables);
                    foundLinks = tables.links();
                    tellPeers();
                    lookNanos = System.nanoTime();
                    continue;
                }
                if (now - lookNanos >= LOOK.toNanos()) {
                    tellPeers();
                    lookNanos = System.nanoTime();
                }
                Optional<Event> event = monitor.next(Duration.ofNanos(Math.min(due - now, NOTICE.toNanos())));
                isStale |= noticeTargets() || event.isPresent();
                event.ifPresent(this::take);
            } catch (RuntimeException e) {
                failed(e);
                // Whatever it was about, it is not known.
                isStale = true;
                readNanos = System.nanoTime();
                pauseNanos = PAUSE.toNanos();
            }
        }
    }

    /** Says so, once, and waits a moment. Endpoints that are cut off must not stay out for good, so it goes on. */
    private void failed(RuntimeException failure) {
        if (isStopping()) {
            return;
        }
        if (!failing) {
            LOG.atError()
                    .addKeyValue("error", failure.getMessage())
                    .log("failed to read which links lead to endpoints, will retry");
            LOG.debug("the stack trace", failure);
        }
        failing = true;
        try {
            stopping.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }

    private void recovered() {
        if (failing) {
            LOG.info("watching the links of endpoints again");
        }
        failing = false;
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Whether there are others than before. */
    private boolean noticeTargets() {
        Set<InetAddress> wanted = targets;
        Set<InetAddress> wantedPeers = peerTargets;
        boolean isNew = !wanted.equals(watched) || !wantedPeers.equals(watchedPeers);
        if (isNew) {
            watched = wanted;
            downs.targets(wanted);
            watchedPeers = wantedPeers;
            peers.targets(wantedPeers);
        }
        return isNew;
    }

    private void take(Event event) {
        switch (event) {
            case Event.LinkChanged changed -> {
                downs.changed(changed.link());
                tell();
            }
            case Event.LinkRemoved removed -> {
                downs.removed(removed.index(), System.nanoTime());
                tell();
            }
            default -> {}
        }
    }

    private void note() {
        Map<InetAddress, Integer> links = downs.links();
        links.forEach((address, link) -> {
            if (!link.equals(noted.get(address))) {
                LOG.atDebug()
                        .addKeyValue("endpoint", address.getHostAddress())
                        .addKeyValue("ifindex", link)
                        .log("endpoint is behind link");
            }
        });
        boolean moved = !links.equals(noted);
        noted = links;
        if (moved) {
            onMoved.run();
        }
    }

    private void tell() {
        Set<InetAddress> down = downs.down();
        if (!down.equals(told)) {
            told = down;
            onChange.accept(down);
        }
    }

    /** By what stands before them at this moment, also where it is long known where they are. */
    private void tellPeers() {
        Map<InetAddress, LocalPeer> now = judged();
        if (!now.equals(toldPeers)) {
            toldPeers = now;
            onPeers.accept(now);
        }
    }

    private Map<InetAddress, LocalPeer> judged() {
        Set<Integer> veths =
                foundPeers.values().stream().map(LocalPeer::ifindex).collect(Collectors.toSet());
        if (veths.isEmpty()) {
            return Map.of();
        }
        try {
            return hostSide.read(foundLinks, veths).judge(foundPeers, foundLinks);
        } catch (SystemCallException e) {
            return HostSide.unknown(foundPeers, e.getMessage());
        }
    }

    @Override
    public void close() {
        stopping.countDown();
        monitor.close();
        thread.join(STOP_TIMEOUT);
        socket.close();
        hostSide.close();
    }
}
