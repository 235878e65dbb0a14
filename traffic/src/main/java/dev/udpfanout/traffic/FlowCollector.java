package dev.udpfanout.traffic;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what {@link FlowMessage} writes as a collector does: a record whose template has not come before is lost, and
 * one under another template than its own is read wrong. Not a judge of messages from elsewhere.
 */
public final class FlowCollector {
    private static final int IPFIX = 10;
    private static final int SET_HEADER_BYTES = 4;
    private static final int FIELD_BYTES = 4;

    private final Map<Place, Integer> recordBytes = new HashMap<>();
    private final Map<Place, Map<Integer, Integer>> sampling = new HashMap<>();
    private final List<Long> numbers = new ArrayList<>();
    private int undecodable;
    private int messages;

    private record Place(InetSocketAddress exporter, int version, int domain, int id) {}

    /** Takes one datagram. */
    public void take(byte[] datagram, InetSocketAddress exporter) {
        messages++;
        ByteBuffer message = ByteBuffer.wrap(datagram);
        int version = message.getShort(0);
        int headerBytes = version == IPFIX ? 16 : 20;
        int domain = message.getInt(headerBytes - Integer.BYTES);
        int records = 0;
        int unknownBefore = undecodable;
        for (int at = headerBytes; at < datagram.length; ) {
            int id = Short.toUnsignedInt(message.getShort(at));
            int length = Short.toUnsignedInt(message.getShort(at + 2));
            ByteBuffer set = message.slice(at + SET_HEADER_BYTES, length - SET_HEADER_BYTES);
            records += takeSet(new Place(exporter, version, domain, id), set);
            at += length;
        }
        int counted = Short.toUnsignedInt(message.getShort(2));
        boolean isRight =
                version == IPFIX ? counted == datagram.length : counted == records || undecodable > unknownBefore;
        if (!isRight) {
            throw new AssertionError("count or length " + counted + " of a message of " + records + " records, "
                    + datagram.length + " bytes");
        }
    }

    private int takeSet(Place set, ByteBuffer content) {
        boolean ipfix = set.version() == IPFIX;
        if (set.id() == (ipfix ? 2 : 0)) {
            return takeTemplates(set, content);
        }
        if (set.id() == (ipfix ? 3 : 1)) {
            sampling.putIfAbsent(with(set, Short.toUnsignedInt(content.getShort(0))), new HashMap<>());
            return 1;
        }
        if (sampling.containsKey(set)) {
            int records = content.remaining() / (2 * Integer.BYTES);
            for (int i = 0; i < records; i++) {
                sampling.get(set).put(content.getInt(), content.getInt());
            }
            return records;
        }
        Integer each = recordBytes.get(set);
        if (each == null) {
            undecodable++;
            return 0;
        }
        int records = content.remaining() / each;
        for (int i = 0; i < records; i++) {
            numbers.add(content.getLong(i * each));
        }
        return records;
    }

    private int takeTemplates(Place set, ByteBuffer content) {
        int records = 0;
        for (; content.remaining() >= FIELD_BYTES; records++) {
            int id = Short.toUnsignedInt(content.getShort());
            int fields = Short.toUnsignedInt(content.getShort());
            int total = 0;
            for (int i = 0; i < fields; i++) {
                total += content.getInt() & 0xffff;
            }
            if (fields == 0) {
                recordBytes.remove(with(set, id));
            } else {
                recordBytes.put(with(set, id), total);
            }
        }
        return records;
    }

    private static Place with(Place place, int id) {
        return new Place(place.exporter(), place.version(), place.domain(), id);
    }

    /** The numbers of the records that it could read, in their order. */
    public List<Long> numbers() {
        return numbers;
    }

    /** Sets of which it did not know the template. */
    public int undecodable() {
        return undecodable;
    }

    /** Datagrams that it took. */
    public int messages() {
        return messages;
    }

    /** Templates of records that it knows. */
    public int templates() {
        return recordBytes.size();
    }

    /** Interfaces whose sampling it knows, of all options templates together. */
    public int sampledInterfaces() {
        return sampling.values().stream().mapToInt(Map::size).sum();
    }
}
