package dev.udpfanout.bindings.abi.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DropReasonTest {
    private static final String PREFIX = "UF_DROP_";
    private static final Path LIST = Path.of("../bpf/src/main/c/drop_reason.h");
    private static final Pattern LINE = Pattern.compile("\\bX\\(([A-Z0-9_]+), *([0-9]+),[\\s\\\\]*\"([^\"]*)\"\\)");

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

    /** A reason that is added to the list, or changed there, and forgotten in Java. */
    @Test
    void shouldHaveEveryReasonOfTheListWithItsMeaningWhenBindingsWereGeneratedAfterwards() throws IOException {
        List<String> inList = LINE.matcher(Files.readString(LIST))
                .results()
                .map(line -> line.group(1) + " " + line.group(2) + " " + line.group(3))
                .toList();
        List<String> inJava = Arrays.stream(DropReason.values())
                .map(reason -> reason.name() + " " + reason.code() + " " + reason.meaning())
                .toList();
        assertEquals(inList, inJava, "run bindings/generate");
    }
}
