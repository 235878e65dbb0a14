package dev.udpfanout.bindings.abi.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DropReasonTest {
    private static final String PREFIX = "UF_DROP_";

    @Test
    void shouldHaveEveryReasonOfTheHeaderUnderItsNameAndNumber() throws ReflectiveOperationException {
        Map<String, Integer> inHeader = new TreeMap<>();
        for (Method constant : Abi.class.getMethods()) {
            String name = constant.getName();
            if (name.startsWith(PREFIX) && !name.equals(PREFIX + "REASONS")) {
                inHeader.put(name.substring(PREFIX.length()), (int) constant.invoke(null));
            }
        }
        Map<String, Integer> inJava = new TreeMap<>();
        Arrays.stream(DropReason.values()).forEach(reason -> inJava.put(reason.name(), reason.code()));
        assertEquals(inHeader, inJava);
    }
}
