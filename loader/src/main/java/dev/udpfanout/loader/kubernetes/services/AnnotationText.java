package dev.udpfanout.loader.kubernetes.services;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the value of one annotation. */
final class AnnotationText {
    private AnnotationText() {}

    static <E extends Enum<E>> E choice(Map<String, String> all, String key, Class<E> type, E fallback)
            throws RefusedServiceException {
        String text = all.get(key);
        if (text == null) {
            return fallback;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String choices = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new RefusedServiceException(key + ": \"" + shortened(text) + "\" is not one of: " + choices);
    }

    static boolean flag(Map<String, String> all, String key) throws RefusedServiceException {
        String text = all.getOrDefault(key, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new RefusedServiceException(key + ": \"" + shortened(text) + "\" is neither true nor false");
        }
        return text.equals("true");
    }

    /** An annotation may be 256 KiB long. */
    static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
