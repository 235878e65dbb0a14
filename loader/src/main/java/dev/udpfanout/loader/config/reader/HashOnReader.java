package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.PayloadKey.Match;
import dev.udpfanout.loader.config.PayloadKey.Named;
import dev.udpfanout.loader.config.PayloadKey.Otherwise;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.yaml.Section;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code hash_on}: a part of the source, a name for a key in the payload, or such a key. */
final class HashOnReader {
    private static final String KEY = "hash_on";
    private static final String PAYLOAD = "payload";
    private static final String BYTES = "length";
    private static final String EQUALS = "equals";
    private static final String HEX_PREFIX = "0x";

    /**
     * What was read.
     *
     * @param source which part of the source decides, without a key
     * @param key the key in the payload
     */
    record Read(HashOn source, Optional<PayloadKey> key) {}

    private HashOnReader() {}

    static Read read(Section listener, Policy policy, boolean replies) {
        Read read =
                listener.hasMapping(KEY) ? new Read(HashOn.SOURCE, ofMapping(listener.section(KEY))) : ofWord(listener);
        if (policy != Policy.HASH && listener.has(KEY)) {
            listener.problem(KEY, "works with policy: hash only; remove it, or set policy: hash");
        }
        if (replies && read.key().isPresent()) {
            listener.problem(
                    KEY,
                    "does not work with replies, which keep what a client's socket sends at one receiver; remove one of"
                            + " the two");
        }
        return read;
    }

    /** What does not go together with {@code payload: statsd}, which is a hash by itself. */
    static void checkStatsd(ListenerConfig listener, Section section) {
        if (listener.payload() != Payload.STATSD) {
            return;
        }
        Policy policy = listener.receivers().policy();
        if (policy != Policy.HASH) {
            section.problem(
                    PAYLOAD,
                    "statsd sends each metric where its name leads, so policy: "
                            + policy.name().toLowerCase(Locale.ROOT)
                            + " does not work with it; set policy: hash");
        }
        if (section.has(KEY)) {
            section.problem(KEY, "payload: statsd decides by the name of the metric; remove one of the two");
        }
        if (listener.replies()) {
            section.problem(
                    PAYLOAD,
                    "statsd does not work with replies, which keep what a client's socket sends at one receiver;"
                            + " remove one of the two");
        }
    }

    private static Read ofWord(Section listener) {
        String word = listener.text(KEY, null);
        if (word == null) {
            return new Read(HashOn.SOURCE, Optional.empty());
        }
        for (HashOn on : HashOn.values()) {
            if (on.name().toLowerCase(Locale.ROOT).equals(word)) {
                return new Read(on, Optional.empty());
            }
        }
        for (Named named : Named.values()) {
            if (named.text().equals(word)) {
                return new Read(HashOn.SOURCE, Optional.of(named.key()));
            }
        }
        String words = Stream.concat(
                        Stream.of(HashOn.values()).map(on -> on.name().toLowerCase(Locale.ROOT)),
                        Stream.of(Named.values()).map(Named::text))
                .collect(Collectors.joining(", "));
        listener.problem(KEY, "\"" + word + "\" is not one of: " + words + "; or give a mapping with payload");
        return new Read(HashOn.SOURCE, Optional.empty());
    }

    private static Optional<PayloadKey> ofMapping(Section hashOn) {
        if (!hashOn.has(PAYLOAD)) {
            hashOn.problem(PAYLOAD, "is missing; say which bytes decide, for example { offset: 4, length: 4 }");
        }
        Section payload = hashOn.section(PAYLOAD);
        if (hashOn.has(PAYLOAD) && !payload.has(BYTES)) {
            payload.problem(BYTES, "is missing; say how many bytes decide, 1 to " + PayloadKey.MAX_BYTES);
        }
        Optional<PayloadKey> key = Optional.of(new PayloadKey(
                payload.wholeNumber("offset", 0, 0, PayloadKey.MAX_OFFSET),
                payload.wholeNumber(BYTES, 1, 1, PayloadKey.MAX_BYTES),
                payload.has("when") ? match(payload.section("when")) : Optional.empty(),
                payload.flag("with_source", false),
                payload.choice("else", Otherwise.class, Otherwise.ROUND_ROBIN)));
        payload.refuseUnknownKeys();
        hashOn.refuseUnknownKeys();
        return key;
    }

    private static Optional<Match> match(Section when) {
        int offset = when.wholeNumber("offset", 0, 0, PayloadKey.MAX_OFFSET);
        String text = when.requiredText(EQUALS);
        when.refuseUnknownKeys();
        if (text == null) {
            return Optional.empty();
        }
        String digits = text.startsWith(HEX_PREFIX) ? text.substring(HEX_PREFIX.length()) : "";
        if (!digits.matches("([0-9a-fA-F]{2}){1," + Match.MAX_BYTES + "}")) {
            when.problem(
                    EQUALS,
                    "\"" + text + "\" is not 1 to " + Match.MAX_BYTES + " bytes in hexadecimal; write for example"
                            + " \"0x1e0f\", in quotes");
            return Optional.empty();
        }
        int bytes = digits.length() / 2;
        long expected = HexFormat.fromHexDigitsToLong(digits) << Long.SIZE - Byte.SIZE * bytes;
        return Optional.of(new Match(offset, expected, bytes));
    }
}
