package dev.udpfanout.loader.kubernetes.api;

import java.util.List;
import java.util.Objects;

/**
 * What is there of a list that the API server has sent: it writes an empty list as null, and a list may contain null.
 */
public final class Present {
    private Present() {}

    /**
     * The elements that are there; the same list if all are.
     *
     * @param list may be null
     */
    public static <T> List<T> in(List<T> list) {
        if (list == null) {
            return List.of();
        }
        return list.stream().allMatch(Objects::nonNull)
                ? list
                : list.stream().filter(Objects::nonNull).toList();
    }
}
