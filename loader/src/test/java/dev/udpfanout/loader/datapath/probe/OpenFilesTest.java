package dev.udpfanout.loader.datapath.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The soft limit of the process. */
@Tag("unit")
class OpenFilesTest {
    @Test
    void shouldReadTheSoftLimit() {
        assertEquals(
                1_024,
                OpenFiles.limit(Stream.of(
                        "Limit                     Soft Limit           Hard Limit           Units",
                        "Max open files            1024                 524288               files")));
        assertEquals(
                Long.MAX_VALUE,
                OpenFiles.limit(
                        Stream.of("Max open files            unlimited            unlimited            files")));
        assertTrue(OpenFiles.limit() > 0);
    }
}
