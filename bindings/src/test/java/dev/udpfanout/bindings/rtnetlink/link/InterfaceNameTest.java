package dev.udpfanout.bindings.rtnetlink.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class InterfaceNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "dummy0", "123456789012345", "cali-1.2@x", "é"})
    void shouldReturnTheNameWhenTheKernelWouldTakeIt(String name) {
        assertEquals(name, InterfaceName.checked(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "1234567890123456",
                "éééééééé",
                "a/b",
                "a:1",
                "a b",
                "a\tb",
                "a\nb",
                "a\0b",
                "udp%d",
                "a\u00A0b"
            })
    void shouldRefuseWhenTheKernelWouldRefuseOrReadAPattern(String name) {
        assertThrows(IllegalArgumentException.class, () -> InterfaceName.checked(name));
    }
}
