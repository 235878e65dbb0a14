package dev.udpfanout.loader.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.slf4j.event.KeyValuePair;

/** An event as an object of JSON: its time, level, logger, message, and each of its keys. */
final class JsonLine {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonLine() {}

    /** @param stackTrace empty if there is none */
    static String of(ILoggingEvent event, String stackTrace) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("time", event.getInstant().toString());
            json.writeStringField("level", event.getLevel().toString());
            json.writeStringField("logger", event.getLoggerName());
            json.writeStringField("message", event.getFormattedMessage());
            if (event.getKeyValuePairs() != null) {
                for (KeyValuePair pair : event.getKeyValuePairs()) {
                    write(json, pair);
                }
            }
            if (!stackTrace.isEmpty()) {
                json.writeStringField("stack_trace", stackTrace);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, KeyValuePair pair) throws IOException {
        switch (pair.value) {
            case Integer number -> json.writeNumberField(pair.key, number);
            case Long number -> json.writeNumberField(pair.key, number);
            case Double number -> json.writeNumberField(pair.key, number);
            case Boolean flag -> json.writeBooleanField(pair.key, flag);
            case null, default -> json.writeStringField(pair.key, String.valueOf(pair.value));
        }
    }
}
