package dev.udpfanout.forwarder.netflow;

import dev.udpfanout.forwarder.socket.SourceBits;
import java.lang.foreign.MemorySegment;

/**
 * Whose templates belong together: an exporter's address and port, and the version and observation domain of its
 * messages. Can be set anew, so that a look-up takes no object; what is a key of a map is never changed.
 */
public final class ExporterKey {
    private long addressHigh;
    private long addressLow;
    private int port;
    private int version;
    private int domain;

    ExporterKey() {}

    ExporterKey set(MemorySegment memory, long sockaddrAt, NetflowMessage message) {
        addressHigh = SourceBits.high(memory, sockaddrAt);
        addressLow = SourceBits.low(memory, sockaddrAt);
        port = SourceBits.port(memory, sockaddrAt);
        version = message.version();
        domain = message.domain();
        return this;
    }

    AddressShares.Address address() {
        return new AddressShares.Address(addressHigh, addressLow);
    }

    int domain() {
        return domain;
    }

    ExporterKey copy() {
        ExporterKey copy = new ExporterKey();
        copy.addressHigh = addressHigh;
        copy.addressLow = addressLow;
        copy.port = port;
        copy.version = version;
        copy.domain = domain;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExporterKey key
                && key.addressHigh == addressHigh
                && key.addressLow == addressLow
                && key.port == port
                && key.version == version
                && key.domain == domain;
    }

    @Override
    public int hashCode() {
        long hash = addressHigh * 31 + addressLow;
        hash = (hash * 31 + port) * 31 + domain;
        return Long.hashCode(hash * 31 + version);
    }
}
