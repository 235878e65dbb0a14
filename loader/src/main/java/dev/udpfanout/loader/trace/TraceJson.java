package dev.udpfanout.loader.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** A report for programs. */
public final class TraceJson {
    private TraceJson() {}

    public static String of(TraceReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("from", report.plan().isLive() ? "" : SocketAddressText.write(report.source()));
            out.writeStringField("to", SocketAddressText.write(report.plan().destination()));
            out.writeStringField("interface", report.plan().wayIn().nic().name());
            out.writeBooleanField("delivered", report.isDelivered());
            out.writeNumberField("lost_events", report.lostEvents());
            out.writeNumberField("missed_events", report.missedRuns());
            out.writeArrayFieldStart("firewall");
            for (String suspect : report.firewallSuspects()) {
                out.writeString(suspect);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("datagrams");
            for (Story story : report.stories()) {
                write(out, story);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + System.lineSeparator();
    }

    private static void write(JsonGenerator out, Story story) throws IOException {
        out.writeStartObject();
        out.writeNumberField("sequence", story.sequence());
        out.writeStringField("from", story.from().map(SocketAddressText::write).orElse(""));
        out.writeArrayFieldStart("hops");
        for (Hop hop : story.hops()) {
            out.writeStartObject();
            out.writeNumberField("since_last_ns", hop.sinceLastNs());
            out.writeStringField("where", hop.where());
            out.writeStringField("what", hop.what());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeStringField("outcome", story.fate().outcome().name().toLowerCase(Locale.ROOT));
        out.writeStringField("where", story.fate().where());
        out.writeStringField("cause", story.fate().cause());
        out.writeStringField("remedy", story.fate().remedy());
        out.writeEndObject();
    }
}
