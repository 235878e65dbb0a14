package dev.udpfanout.bindings.abi.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerFlagTest {
    private static final Path HEADER = Path.of("../bpf/src/main/c/udp_fanout.h");
    private static final Pattern FLAG = Pattern.compile("(?m)^#define UF_LISTENER_([A-Z_]+)\\s+([0-9]+)u$");

    /** A flag that is added to the header, or changed there, and forgotten in Java. */
    @Test
    void shouldHaveEveryFlagOfTheHeaderWithItsBitWhenBindingsWereGeneratedAfterwards() throws IOException {
        List<String> inHeader = FLAG.matcher(Files.readString(HEADER))
                .results()
                .map(flag -> flag.group(1) + " " + flag.group(2))
                .toList();
        List<String> inJava = Arrays.stream(ListenerFlag.values())
                .map(flag -> flag.name() + " " + flag.bit())
                .toList();
        assertFalse(inHeader.isEmpty());
        assertEquals(inHeader, inJava, "run bindings/generate");
    }
}
