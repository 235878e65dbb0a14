package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The members of one event that a probe in the kernel has written, by their names.
 *
 * @param layout the structure's; numbers are in the machine's byte order but for ports
 * @param event at its place in the ring
 */
public record EventFields(StructLayout layout, MemorySegment event) {
    /**
     * A number of 8, 32 or 64 bits.
     *
     * @throws IllegalArgumentException if there is no such member, or it is none
     */
    public long number(String field) {
        return switch (layout.select(PathElement.groupElement(field))) {
            case ValueLayout.OfByte of -> event.get(of, at(field));
            case ValueLayout.OfInt of -> event.get(of, at(field));
            case ValueLayout.OfLong of -> event.get(of, at(field));
            default -> throw new IllegalArgumentException(field + " is no number");
        };
    }

    /** A number that is known to fit. */
    public int small(String field) {
        return (int) number(field);
    }

    /**
     * An address of the member {@code end}, with the port of {@code end_port}.
     *
     * @return empty if {@code family} is 0: the headers could not be read
     */
    public Optional<InetSocketAddress> address(String end) {
        int family = small("family");
        if (family == 0) {
            return Optional.empty();
        }
        int port = NetworkOrder.swapped(event.get(ValueLayout.JAVA_SHORT, at(end + "_port"))) & 0xffff;
        return Optional.of(new InetSocketAddress(MappedAddress.read(event.asSlice(at(end)), family), port));
    }

    /** A text that ends with a zero byte. */
    public String text(String field) {
        return event.getString(at(field));
    }

    private long at(String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
