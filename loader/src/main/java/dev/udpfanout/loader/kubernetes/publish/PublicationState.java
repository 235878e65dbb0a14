package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is wished for, what is known of the API server, and what was brought about so far. Any thread may use it. */
final class PublicationState {
    private final int listenerPort;

    private Wish wish = Wish.NONE;
    private Optional<List<Service>> services = Optional.empty();
    private Optional<EndpointSlice> seen = Optional.empty();
    private Publication published = Publication.NOTHING;
    private long applied;
    private long errors;
    private long mended;

    PublicationState(int listenerPort) {
        this.listenerPort = listenerPort;
    }

    /**
     * What it looks like at one moment.
     *
     * @param wanted what the API server should have
     * @param upToDate whether that was brought about
     * @param seen the slice that there is, as far as is known
     */
    record Snapshot(Publication wanted, boolean upToDate, Optional<EndpointSlice> seen) {}

    synchronized Snapshot snapshot() {
        Publication wanted = wanted();
        return new Snapshot(wanted, wanted.equals(published), seen);
    }

    synchronized PublisherState shown() {
        return new PublisherState(published.equals(wanted()), published.wish() == Wish.READY, applied, errors, mended);
    }

    private Publication wanted() {
        Optional<PublishedPort> port = wish.needsPort()
                ? services.flatMap(found -> found.stream().findFirst())
                        .flatMap(found -> PublishedPort.of(found, listenerPort))
                : Optional.empty();
        return new Publication(wish, port);
    }

    /** Whether the Service is there; empty if that is not known yet. */
    synchronized Optional<Boolean> hasService() {
        return services.map(found -> !found.isEmpty());
    }

    synchronized void wish(Wish newWish) {
        wish = newWish;
    }

    /** All Services of the name: one or none. */
    synchronized void services(List<Service> found) {
        services = Optional.of(List.copyOf(found));
    }

    synchronized void seen(Optional<EndpointSlice> slice) {
        seen = slice;
    }

    synchronized void broughtAbout(Publication publication) {
        published = publication;
        applied++;
        notifyAll();
    }

    synchronized void failed() {
        errors++;
    }

    synchronized void mended() {
        mended++;
    }

    /** Waits until it is so; false if the time runs out before. */
    synchronized boolean await(Wish wished, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (published.wish() != wished || !published.equals(wanted())) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            try {
                wait(leftMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
