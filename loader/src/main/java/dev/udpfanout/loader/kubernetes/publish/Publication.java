package dev.udpfanout.loader.kubernetes.publish;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What the API server should have, or has; for another Service, or a port of another name, it is another one.
 *
 * @param port empty if there is nothing to say it of, or it is not needed
 * @param address where datagrams are to be sent; empty as long as there is none to choose, or it is not needed
 */
record Publication(Wish wish, Optional<PublishedPort> port, Optional<InetAddress> address) {
    static final Publication NOTHING = new Publication(Wish.NONE, Optional.empty(), Optional.empty());

    Readiness readiness() {
        return Readiness.valueOf(wish.name());
    }
}
