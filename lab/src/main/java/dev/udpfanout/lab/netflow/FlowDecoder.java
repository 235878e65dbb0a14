package dev.udpfanout.lab.netflow;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads NetFlow v5, v9 (RFC 3954) and IPFIX (RFC 7011) as strictly as the RFCs have it: templates are those of an
 * exporter's address and port, version and domain; a record whose template is not known is lost.
 */
final class FlowDecoder {
    private static final int V5 = 5;
    private static final int V9 = 9;
    private static final int IPFIX = 10;
    private static final int V5_HEADER_BYTES = 24;
    private static final int V5_RECORD_BYTES = 48;
    private static final int V5_SOURCE_PORT = 32;
    private static final int V5_DESTINATION_PORT = 34;
    private static final int V9_HEADER_BYTES = 20;
    private static final int IPFIX_HEADER_BYTES = 16;
    private static final int SET_HEADER_BYTES = 4;
    private static final int FIRST_DATA_ID = 256;
    private static final int ENTERPRISE = 0x8000;
    private static final int VARIABLE_LENGTH = 0xffff;

    /** Information elements sourceTransportPort and destinationTransportPort. */
    private static final int SOURCE_PORT = 7;

    private static final int DESTINATION_PORT = 11;

    private final Decoded decoded = new Decoded();
    private final Map<Place, Template> templates = new HashMap<>();
    private final Set<Place> optionsTemplates = new HashSet<>();
    private final Set<Place> optionsData = new HashSet<>();
    private int setsWithoutTemplate;

    private record Place(InetSocketAddress exporter, int version, int domain, int id) {
        Place with(int otherId) {
            return new Place(exporter, version, domain, otherId);
        }
    }

    /** Where the ports are in a record, in bytes; -1 for a record that has none. */
    private record Template(int recordBytes, int sourcePort, int destinationPort) {}

    /** @throws RuntimeException if it is no message of one of the three */
    void take(ByteBuffer message, InetSocketAddress exporter) {
        int version = message.getShort(0);
        switch (version) {
            case V5 -> takeV5(message);
            case V9 -> takeSets(message, V9_HEADER_BYTES, new Place(exporter, version, message.getInt(16), 0));
            case IPFIX -> {
                if (Short.toUnsignedInt(message.getShort(2)) != message.limit()) {
                    throw new IllegalArgumentException("the length lies");
                }
                takeSets(message, IPFIX_HEADER_BYTES, new Place(exporter, version, message.getInt(12), 0));
            }
            default -> throw new IllegalArgumentException("version " + version);
        }
    }

    private void takeV5(ByteBuffer message) {
        for (int i = 0; i < message.getShort(2); i++) {
            int at = V5_HEADER_BYTES + i * V5_RECORD_BYTES;
            add(message, at + V5_SOURCE_PORT, at + V5_DESTINATION_PORT);
        }
    }

    private void add(ByteBuffer from, int sourcePort, int destinationPort) {
        decoded.add(
                FlowNumbers.ofPorts(
                        Short.toUnsignedInt(from.getShort(sourcePort)),
                        Short.toUnsignedInt(from.getShort(destinationPort))),
                1);
    }

    private void takeSets(ByteBuffer message, int headerBytes, Place place) {
        message.position(headerBytes);
        while (message.remaining() >= SET_HEADER_BYTES) {
            Place set = place.with(Short.toUnsignedInt(message.getShort()));
            int bytes = Short.toUnsignedInt(message.getShort()) - SET_HEADER_BYTES;
            takeSet(set, message.slice(message.position(), bytes));
            message.position(message.position() + bytes);
        }
    }

    private void takeSet(Place set, ByteBuffer content) {
        if (set.id() == (set.version() == IPFIX ? 2 : 0)) {
            takeTemplates(set, content);
        } else if (set.id() < FIRST_DATA_ID) {
            optionsTemplates.add(set.with(Short.toUnsignedInt(content.getShort())));
        } else if (optionsTemplates.contains(set)) {
            optionsData.add(set);
        } else {
            takeRecords(templates.get(set), content);
        }
    }

    private void takeRecords(Template template, ByteBuffer content) {
        if (template == null) {
            setsWithoutTemplate++;
            return;
        }
        for (int at = 0; at + template.recordBytes() <= content.limit(); at += template.recordBytes()) {
            if (template.sourcePort() >= 0 && template.destinationPort() >= 0) {
                add(content, at + template.sourcePort(), at + template.destinationPort());
            }
        }
    }

    private void takeTemplates(Place set, ByteBuffer content) {
        while (content.remaining() >= 2 * Integer.BYTES) {
            int id = Short.toUnsignedInt(content.getShort());
            int fields = Short.toUnsignedInt(content.getShort());
            templates.put(set.with(id), template(content, fields));
        }
    }

    private static Template template(ByteBuffer content, int fields) {
        int bytes = 0;
        int sourcePort = -1;
        int destinationPort = -1;
        for (int i = 0; i < fields; i++) {
            int type = Short.toUnsignedInt(content.getShort());
            int length = Short.toUnsignedInt(content.getShort());
            if (length == VARIABLE_LENGTH) {
                throw new IllegalArgumentException("fields of variable length");
            }
            if ((type & ENTERPRISE) != 0) {
                content.getInt();
            }
            sourcePort = type == SOURCE_PORT ? bytes : sourcePort;
            destinationPort = type == DESTINATION_PORT ? bytes : destinationPort;
            bytes += length;
        }
        if (bytes == 0) {
            throw new IllegalArgumentException("a record without fields");
        }
        return new Template(bytes, sourcePort, destinationPort);
    }

    /** The records. */
    Decoded decoded() {
        return decoded;
    }

    /** What it knows and what it missed, for the log. */
    String remarks() {
        return setsWithoutTemplate + " sets without a template, " + templates.size() + " templates, "
                + optionsTemplates.size() + " options templates, options data of " + optionsData.size();
    }
}
