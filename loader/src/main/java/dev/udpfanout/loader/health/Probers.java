package dev.udpfanout.loader.health;

import dev.udpfanout.bindings.icmp.IcmpSocket;
import dev.udpfanout.loader.config.HealthConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ThreadLocalRandom;

/** Opens the prober that a configuration asks for. */
final class Probers {
    private Probers() {}

    static Prober open(HealthConfig config) {
        ProbeAddress address = new ProbeAddress(config.port());
        try {
            return switch (config.protocol()) {
                case ICMP ->
                    new IcmpProber(
                            IcmpSocket.open(), ThreadLocalRandom.current().nextLong());
                case UDP_ECHO -> UdpEchoProber.open(address);
                case TCP -> StreamProber.open(address, StreamExchange.Connect::new);
                case HTTP -> StreamProber.open(address, target -> new HttpExchange(target, config.path()));
            };
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "health probes by " + config.protocol().label() + ": " + e.getMessage(), e);
        }
    }
}
