package dev.udpfanout.loader.drops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A drop as a line, in words or as JSON.
 *
 * @param event what was dropped
 * @param at when it was read
 * @param listener its name; empty if it is not known
 * @param endpoint that was chosen before it was dropped
 */
public record DropText(DropEvent event, Instant at, String listener, Optional<InetSocketAddress> endpoint) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    /** {@code 12:00:00.123 not_allowed syslog eth0 10.0.0.1:40000 to 192.168.1.1:514, 106 bytes}. */
    public String line() {
        String line = "%s %-14s %s %s %s to %s%s, %d bytes"
                .formatted(
                        TIME.format(at),
                        event.reason(),
                        listener.isEmpty() ? "slot " + event.slot() : listener,
                        event.device(),
                        text(event.source()),
                        text(event.destination()),
                        endpoint.map(address -> ", endpoint " + SocketAddressText.write(address))
                                .orElse(""),
                        event.bytes());
        // A listener's name comes from a map, and must not move the reader's cursor.
        return line.replaceAll("\\p{Cntrl}", "?");
    }

    private static String text(Optional<InetSocketAddress> address) {
        return address.map(SocketAddressText::write).orElse("?");
    }

    /** An object on one line. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("time", at.toString());
            out.writeStringField("reason", event.reason());
            out.writeStringField("listener", listener);
            out.writeNumberField("slot", event.slot());
            out.writeStringField("interface", event.device());
            out.writeStringField("source", text(event.source()));
            out.writeStringField("destination", text(event.destination()));
            out.writeStringField("endpoint", text(endpoint));
            out.writeNumberField("packets", event.packets());
            out.writeNumberField("bytes", event.bytes());
            out.writeNumberField("seen", event.seen());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
