package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The page {@code /drops}: single datagrams that user space has dropped. */
final class DropsJson {
    private DropsJson() {}

    static byte[] encode(UserspaceDrops.Page page) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("next", page.next());
            json.writeNumberField("seen", page.seen());
            json.writeArrayFieldStart("drops");
            for (UserspaceDrops.Drop drop : page.drops()) {
                write(json, drop);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, UserspaceDrops.Drop drop) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", drop.at().toString());
        json.writeStringField("listener", drop.listener());
        json.writeStringField("reason", drop.reason());
        write(json, "source", drop.source());
        write(json, "destination", drop.destination());
        write(json, "endpoint", drop.endpoint());
        json.writeNumberField("packets", drop.packets());
        json.writeNumberField("payload_bytes", drop.payloadBytes());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Optional<InetSocketAddress> address) throws IOException {
        if (address.isPresent()) {
            json.writeStringField(name, SocketAddressText.write(address.get()));
        }
    }
}
