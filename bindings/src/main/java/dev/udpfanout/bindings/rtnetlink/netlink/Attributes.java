package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLA_F_NESTED;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLA_F_NET_BYTEORDER;

import dev.udpfanout.bindings.generated.rtnetlink.rtattr;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The attributes of a received message, by type; of two of one type the last counts, as in the kernel: rtnetlink(3).
 */
public final class Attributes {
    public static final Attributes NONE = new Attributes(Map.of());

    private final Map<Integer, MemorySegment> valuesByType;

    private Attributes(Map<Integer, MemorySegment> valuesByType) {
        this.valuesByType = valuesByType;
    }

    /** @throws MalformedMessageException if an attribute is cut short or gives a length that is not there */
    public static Attributes parse(MemorySegment bytes) {
        Map<Integer, MemorySegment> values = new HashMap<>();
        walk(bytes, values::put);
        return new Attributes(values);
    }

    private static void walk(MemorySegment bytes, BiConsumer<Integer, MemorySegment> reader) {
        long offset = 0;
        while (offset < bytes.byteSize()) {
            MemorySegment rest = bytes.asSlice(offset);
            if (rest.byteSize() < rtattr.sizeof()) {
                throw new MalformedMessageException(
                        "an attribute is cut short: " + rest.byteSize() + " bytes at byte " + offset);
            }
            int lengthBytes = Short.toUnsignedInt(rtattr.rta_len(rest));
            if (lengthBytes < rtattr.sizeof() || lengthBytes > rest.byteSize()) {
                throw new MalformedMessageException("an attribute at byte " + offset + " says it has " + lengthBytes
                        + " bytes; there are " + rest.byteSize());
            }
            int type = Short.toUnsignedInt(rtattr.rta_type(rest)) & ~(NLA_F_NESTED() | NLA_F_NET_BYTEORDER());
            reader.accept(type, rest.asSlice(rtattr.sizeof(), lengthBytes - rtattr.sizeof()));
            offset += Alignment.up(lengthBytes);
        }
    }

    /** Of which types there are attributes. */
    public Set<Integer> types() {
        return Set.copyOf(valuesByType.keySet());
    }

    public Optional<MemorySegment> bytes(int type) {
        return Optional.ofNullable(valuesByType.get(type));
    }

    /** A 32-bit number in host byte order. */
    public OptionalInt number(int type) {
        MemorySegment value = valuesByType.get(type);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (value.byteSize() < Integer.BYTES) {
            throw new MalformedMessageException(
                    "attribute " + type + " has " + value.byteSize() + " bytes, too few for a number");
        }
        return OptionalInt.of(value.get(ValueLayout.JAVA_INT_UNALIGNED, 0));
    }

    /** A string, to its first zero byte or, without one, to the end of the attribute. */
    public Optional<String> string(int type) {
        return bytes(type).map(Attributes::text);
    }

    /** The strings inside an attribute that is a list of them, in its order; none if it is absent. */
    public List<String> strings(int type) {
        List<String> found = new ArrayList<>();
        bytes(type).ifPresent(list -> walk(list, (each, value) -> found.add(text(value))));
        return found;
    }

    private static String text(MemorySegment value) {
        byte[] text = value.toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** The attributes inside an attribute; none if it is absent. */
    public Attributes nested(int type) {
        return bytes(type).map(Attributes::parse).orElse(NONE);
    }
}
