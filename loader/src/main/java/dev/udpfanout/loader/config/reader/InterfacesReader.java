package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.InterfaceChoice;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads where a listener's datagrams are intercepted: {@code interface}, or {@code interfaces} where there are several.
 */
final class InterfacesReader {
    private static final String ONE = "interface";
    private static final String SEVERAL = "interfaces";

    /** IFNAMSIZ of linux/if.h, less the terminating zero. */
    private static final int MAX_NAME_BYTES = 15;

    private final Predicate<String> exists;

    /** @param exists whether this machine has an interface of a name; dummy interfaces are made, and not asked for */
    InterfacesReader(Predicate<String> exists) {
        this.exists = exists;
    }

    /** The interfaces, each once; empty if none is right, which has been noted. */
    List<String> read(Section listener) {
        if (!listener.has(SEVERAL)) {
            return one(listener);
        }
        if (listener.has(ONE)) {
            listener.problem(SEVERAL, "interface is given too; list all interfaces here");
            // Its value is looked at all the same: everything that is wrong is told at once.
            one(listener);
        }
        return several(listener, SEVERAL);
    }

    private List<String> one(Section listener) {
        String name = listener.requiredText(ONE);
        if (name == null) {
            return List.of();
        }
        try {
            checkName(name);
        } catch (BadTextException e) {
            listener.problem(ONE, e.getMessage());
            return List.of();
        }
        if (!isThere(name)) {
            listener.problem(ONE, notThere(name));
        }
        return List.of(name);
    }

    /** The interfaces of a list, each once; what is wrong with one is noted. */
    List<String> several(Section listener, String key) {
        return several(listener, key, word -> false);
    }

    private List<String> several(Section listener, String key, Predicate<String> isPattern) {
        Set<String> seen = new HashSet<>();
        List<String> names = listener.texts(key, name -> {
            if (!seen.add(name)) {
                throw new BadTextException("\"" + name + "\" is there already");
            }
            checkName(name);
            if (!isPattern.test(name) && !isThere(name)) {
                throw new BadTextException(notThere(name));
            }
            return name;
        });
        if (listener.isEmptyList(key)) {
            listener.problem(key, "at least one interface is needed");
        }
        if (names.size() > ListenerConfig.MAX_INTERFACES) {
            listener.problem(
                    key, names.size() + " interfaces; at most " + ListenerConfig.MAX_INTERFACES + " are possible");
        }
        if (names.size() > 1) {
            names.stream()
                    .filter(ListenerConfig::isDummyInterface)
                    .forEach(name -> listener.problem(
                            key,
                            "\"" + name
                                    + "\" is a dummy interface, and a dummy interface must stand alone: everything for"
                                    + " its address is routed to it"));
        }
        return names;
    }

    /**
     * The words of an {@link InterfaceChoice}: {@code auto} if the key is not there, or names and globs, each once; a
     * glob need not match anything yet.
     */
    List<String> words(Section services, String key) {
        if (!services.has(key)) {
            return List.of(InterfaceChoice.AUTO);
        }
        if (services.hasText(key)) {
            if (!InterfaceChoice.AUTO.equals(services.requiredText(key))) {
                services.problem(key, "expected auto, or a list of names and globs such as [eth0, \"cali*\"]");
            }
            return List.of(InterfaceChoice.AUTO);
        }
        List<String> words = several(services, key, InterfacesReader::isPattern);
        if (words.size() > 1 && words.contains(InterfaceChoice.AUTO)) {
            services.problem(key, "auto stands alone; remove it, or the names beside it");
        }
        words.stream()
                .filter(ListenerConfig::isDummyInterface)
                .forEach(name -> services.problem(
                        key, "\"" + name + "\" is a dummy interface; Services are served where datagrams come in"));
        return words;
    }

    private static boolean isPattern(String word) {
        return word.equals(InterfaceChoice.AUTO) || InterfaceChoice.isGlob(word);
    }

    private static void checkName(String name) throws BadTextException {
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES || !name.matches("[^\\s/:]+")) {
            throw new BadTextException(
                    "\"" + name + "\" is not an interface name: 1 to 15 bytes without space, / or :");
        }
    }

    private boolean isThere(String name) {
        return ListenerConfig.isDummyInterface(name) || exists.test(name);
    }

    private static String notThere(String name) {
        return "this node has no interface \"" + name + "\" (the daemon creates dummy interfaces only)";
    }
}
