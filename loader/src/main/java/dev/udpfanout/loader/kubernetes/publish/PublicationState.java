package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is wished for, what is known of the API server, and what was brought about so far. Any thread may use it. */
final class PublicationState {
    private final int listenerPort;
    private final AddressSource addresses;

    private Wish wish = Wish.NONE;
    private Optional<List<Service>> services = Optional.empty();
    private Optional<EndpointSlice> seen = Optional.empty();
    private Optional<EndpointSlice> lastApplied = Optional.empty();
    /** Of the Service; empty as long as they are not known. */
    private Optional<List<EndpointSlice>> slices = Optional.empty();

    private Publication published = Publication.NOTHING;
    private long applied;
    private long errors;
    private long mended;

    PublicationState(int listenerPort, AddressSource addresses) {
        this.listenerPort = listenerPort;
        this.addresses = addresses;
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
        return new PublisherState(
                published.equals(wanted()),
                published.wish() == Wish.READY,
                published.address(),
                applied,
                errors,
                mended);
    }

    private Publication wanted() {
        Optional<PublishedPort> port = wish.needsPort()
                ? services.flatMap(found -> found.stream().findFirst())
                        .flatMap(found -> PublishedPort.of(found, listenerPort))
                : Optional.empty();
        return new Publication(wish, port, wish.needsPort() ? address() : Optional.empty());
    }

    /** What others have published has to be known first: an address that two nodes publish is served by one of them. */
    private Optional<InetAddress> address() {
        return addresses.asksForSlices()
                ? slices.flatMap(all -> addresses.choose(all, seen.or(() -> lastApplied)))
                : addresses.choose(List.of(), Optional.empty());
    }

    /** Whether what others have published is not known and has to be. */
    synchronized boolean waitsForSlices() {
        return addresses.asksForSlices() && slices.isEmpty();
    }

    /** The Service, if there is one. */
    synchronized Optional<Service> service() {
        return services.flatMap(found -> found.stream().findFirst());
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

    /**
     * What there is.
     *
     * @param all slices of the Service
     * @param own this node's among them
     */
    synchronized void seen(List<EndpointSlice> all, Optional<EndpointSlice> own) {
        slices = Optional.of(List.copyOf(all));
        seen = own;
    }

    synchronized void applied(EndpointSlice slice) {
        lastApplied = Optional.of(slice);
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
