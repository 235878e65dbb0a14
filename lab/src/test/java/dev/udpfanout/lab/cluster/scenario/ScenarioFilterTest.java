package dev.udpfanout.lab.cluster.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ScenarioFilterTest {
    private static final List<Scenario> ALL = List.of(
            Scenario.lossless("it begins", nothing -> {}),
            Scenario.lossless("it goes on", nothing -> {}).after("it begins"),
            Scenario.lossless("something else", nothing -> {}),
            Scenario.lossless("it ends", nothing -> {}).after("it goes on"));

    private static List<String> chosen(String text) {
        ScenarioFilter filter = ScenarioFilter.of(text, ALL);
        return ALL.stream().map(Scenario::name).filter(filter::wants).toList();
    }

    @Test
    void shouldTakeAllWhenThereIsNoText() {
        assertEquals(ALL.stream().map(Scenario::name).toList(), chosen(""));
        assertEquals(List.of(), ScenarioFilter.of("", ALL).added());
    }

    @Test
    void shouldTakeAlongWhatAScenarioRestsOn() {
        assertEquals(List.of("it begins", "it goes on", "it ends"), chosen("ends"));
        assertEquals(
                List.of("it begins", "it goes on"),
                ScenarioFilter.of("ends", ALL).added());
        assertEquals(List.of("something else"), chosen("else"));
    }

    @Test
    void shouldSayWhatThereIsWhenNoNameHasTheText() {
        String message = assertThrows(IllegalArgumentException.class, () -> ScenarioFilter.of("no such", ALL))
                .getMessage();

        assertEquals(
                "no scenario has \"no such\" in its name; there are: it begins; it goes on; something else; it ends",
                message);
    }

    /** Of the real ones: a name that is none would end a run with a failure after minutes. */
    @Test
    void shouldKnowAllThatTheScenariosRestOn() {
        List<String> names = Scenarios.all().stream().map(Scenario::name).toList();
        for (Scenario each : Scenarios.all()) {
            assertEquals(
                    List.of(),
                    each.needs().stream()
                            .filter(need -> !names.subList(0, names.indexOf(each.name()))
                                    .contains(need))
                            .toList(),
                    each.name());
        }
        assertTrue(Scenarios.filter("receivers come and go").wants("annotated: the annotation is right again"));
        assertFalse(Scenarios.filter("receivers come and go").wants("annotated: once more"));
    }
}
