package dev.udpfanout.loader.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which interfaces a configuration means.
 *
 * @param words {@link #AUTO} alone, or names and globs
 */
public record InterfaceChoice(List<String> words) {
    /** The daemon finds them by itself. */
    public static final String AUTO = "auto";

    public InterfaceChoice {
        words = List.copyOf(words);
    }

    /** Whether the daemon finds them by itself. */
    public boolean isAuto() {
        return words.contains(AUTO);
    }

    /** Whether each is named: then there are those, and no others. */
    public boolean isByName() {
        return !isAuto() && words.stream().noneMatch(InterfaceChoice::isGlob);
    }

    /** Whether a word stands for all names that match it: {@code *} for any characters, {@code ?} for one. */
    public static boolean isGlob(String word) {
        return word.contains("*") || word.contains("?");
    }

    /** Whether an interface is meant by name. */
    public boolean has(String interfaceName) {
        return words.stream()
                .anyMatch(word -> pattern(word).matcher(interfaceName).matches());
    }

    private static Pattern pattern(String word) {
        return Pattern.compile(word.chars()
                .mapToObj(each -> switch (each) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(each));
                })
                .collect(Collectors.joining()));
    }

    /** What stands for them among the interfaces of a listener: their names, or what stands for a role. */
    public List<String> places(InterfaceRole role) {
        return isByName() ? words : List.of(role.place());
    }
}
