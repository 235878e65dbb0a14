package dev.udpfanout.loader.datapath.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Things by their names, in their order; the first of one name. */
final class ByName {
    private ByName() {}

    static <T> Map<String, T> of(List<T> all, Function<T, String> name) {
        return all.stream().collect(Collectors.toMap(name, each -> each, (first, second) -> first, LinkedHashMap::new));
    }
}
