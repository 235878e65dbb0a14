package dev.udpfanout.loader.drops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A drop as a line, in words or as JSON.
 *
 * @param at when it was read in the kernel, or dropped in user space
 * @param datapath {@code kernel} or {@code userspace}
 * @param reason as metrics name it
 * @param listener its name; empty if it is not known
 * @param slot the listener's in the kernel; -1 in user space
 * @param device the interface; empty in user space, where sockets take datagrams whatever they come by
 * @param source {@code ?} if it is not known, as the two that follow
 * @param destination where the sender has sent it to
 * @param endpoint that was chosen before it was dropped
 * @param packets more than 1 of a super-packet, or of a message that was to be cut
 * @param bytes of the packet in the kernel; of the payload in user space, 0 if that is not known
 * @param seen packets dropped in the kernel since the watch began, this one included; 0 in user space
 */
public record DropText(
        Instant at,
        String datapath,
        String reason,
        String listener,
        int slot,
        String device,
        String source,
        String destination,
        String endpoint,
        int packets,
        int bytes,
        long seen) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final String KERNEL = "kernel";
    private static final String UNKNOWN = "?";

    /** Of the kernel's. */
    public static DropText ofKernel(
            DropEvent event, Instant at, String listener, Optional<InetSocketAddress> endpoint) {
        return new DropText(
                at,
                KERNEL,
                event.reason(),
                listener,
                event.slot(),
                event.device(),
                text(event.source()),
                text(event.destination()),
                text(endpoint),
                event.packets(),
                event.bytes(),
                event.seen());
    }

    /** Of user space's, as the daemon's page has it. */
    static DropText ofUserspace(JsonNode drop) {
        return new DropText(
                time(drop.path("time").asText()),
                "userspace",
                drop.path("reason").asText(UNKNOWN),
                drop.path("listener").asText(),
                -1,
                "",
                drop.path("source").asText(UNKNOWN),
                drop.path("destination").asText(UNKNOWN),
                drop.path("endpoint").asText(UNKNOWN),
                drop.path("packets").asInt(),
                drop.path("payload_bytes").asInt(),
                0);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.now();
        }
    }

    private static String text(Optional<InetSocketAddress> address) {
        return address.map(SocketAddressText::write).orElse(UNKNOWN);
    }

    /** What stands at the beginning of {@link #line}: so far the lines are in columns. */
    public String start() {
        return "%s %-14s ".formatted(TIME.format(at), reason);
    }

    /**
     * {@code syslog eth0 10.0.0.1:40000 to 192.168.1.1:514, 106 bytes}, or {@code syslog userspace 10.0.0.1:40000 to
     * 192.168.1.1:514, 78 bytes of payload}.
     */
    public String line() {
        StringBuilder line = new StringBuilder(listener.isEmpty() ? "slot " + slot : listener)
                .append(' ')
                .append(isKernel() ? device : datapath)
                .append(' ')
                .append(source)
                .append(" to ")
                .append(destination);
        if (!endpoint.equals(UNKNOWN)) {
            line.append(", endpoint ").append(endpoint);
        }
        if (packets > 1) {
            line.append(", ").append(packets).append(" packets");
        }
        if (bytes > 0 || isKernel()) {
            line.append(", ").append(bytes).append(isKernel() ? " bytes" : " bytes of payload");
        }
        return line.toString();
    }

    private boolean isKernel() {
        return datapath.equals(KERNEL);
    }

    /** An object on one line. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("time", at.toString());
            out.writeStringField("datapath", datapath);
            out.writeStringField("reason", reason);
            out.writeStringField("listener", listener);
            if (isKernel()) {
                out.writeNumberField("slot", slot);
                out.writeStringField("interface", device);
            }
            out.writeStringField("source", source);
            out.writeStringField("destination", destination);
            out.writeStringField("endpoint", endpoint);
            out.writeNumberField("packets", packets);
            out.writeNumberField(isKernel() ? "bytes" : "payload_bytes", bytes);
            if (isKernel()) {
                out.writeNumberField("seen", seen);
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
