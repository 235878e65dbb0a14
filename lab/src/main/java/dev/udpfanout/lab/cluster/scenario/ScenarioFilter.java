package dev.udpfanout.lab.cluster.scenario;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which scenarios are run: those whose names contain a text, and those that they rest on. Pure. */
public final class ScenarioFilter {
    private final Set<String> chosen;
    private final Set<String> added;

    private ScenarioFilter(Set<String> chosen, Set<String> added) {
        this.chosen = chosen;
        this.added = added;
    }

    /**
     * Chooses among all that there are.
     *
     * @param text a part of the names; empty for all
     * @throws IllegalArgumentException if no name contains it
     */
    static ScenarioFilter of(String text, List<Scenario> all) {
        Map<String, Set<String>> needs = new HashMap<>();
        all.forEach(each -> needs.put(each.name(), each.needs()));
        Set<String> named = all.stream()
                .map(Scenario::name)
                .filter(name -> name.contains(text))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (named.isEmpty()) {
            throw new IllegalArgumentException("no scenario has \"" + text + "\" in its name; there are: "
                    + all.stream().map(Scenario::name).collect(Collectors.joining("; ")));
        }
        Set<String> chosen = new LinkedHashSet<>(named);
        while (chosen.addAll(
                chosen.stream().flatMap(name -> needs.get(name).stream()).toList())) {
            // What is needed may need others.
        }
        return new ScenarioFilter(
                chosen,
                all.stream()
                        .map(Scenario::name)
                        .filter(name -> chosen.contains(name) && !named.contains(name))
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** Whether a scenario is to be run. */
    boolean wants(String name) {
        return chosen.contains(name);
    }

    boolean wantsAny(Stream<Scenario> scenarios) {
        return scenarios.anyMatch(each -> wants(each.name()));
    }

    /** The names of those that do not contain the text, in the order in which they are run. */
    public List<String> added() {
        return List.copyOf(added);
    }
}
