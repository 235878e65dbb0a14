package dev.udpfanout.loader.datapath.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.datapath.Datapath;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is asked of it gets to the datapath behind it. */
@Tag("unit")
class FlowClearingDatapathTest {
    @Test
    void shouldPassEveryCallOn() {
        List<String> forgotten = Arrays.stream(Datapath.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !isOverridden(method))
                .map(Method::getName)
                .toList();
        assertEquals(List.of(), forgotten, "a default method of Datapath would answer in place of the datapath");
    }

    private static boolean isOverridden(Method method) {
        try {
            FlowClearingDatapath.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }
}
