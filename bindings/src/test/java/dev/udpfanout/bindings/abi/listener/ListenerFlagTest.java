package dev.udpfanout.bindings.abi.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerFlagTest {
    private static final String PREFIX = "UF_LISTENER_";

    @Test
    void shouldHaveEveryFlagOfTheHeaderUnderItsNameAndBit() throws ReflectiveOperationException {
        Map<String, Integer> inHeader = new TreeMap<>();
        for (Method constant : Abi.class.getMethods()) {
            String name = constant.getName();
            if (name.startsWith(PREFIX) && !name.equals(PREFIX + "NAME_BYTES")) {
                inHeader.put(name.substring(PREFIX.length()), (int) constant.invoke(null));
            }
        }
        Map<String, Integer> inJava = new TreeMap<>();
        Arrays.stream(ListenerFlag.values()).forEach(flag -> inJava.put(flag.name(), flag.bit()));
        assertEquals(inHeader, inJava);
    }
}
