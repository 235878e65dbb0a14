package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ConfigPartTest {
    private final List<String> tried = new ArrayList<>();
    private String impossible = "";
    private final ConfigPart<String> part = new ConfigPart<>("letters", value -> {
        tried.add(value);
        if (value.equals(impossible)) {
            throw new IllegalStateException("no " + value);
        }
    });

    @Test
    void shouldChangeNothingWhenAValueIsInForce() {
        part.require("a");
        part.attempt("a");
        part.attempt("b");
        part.attempt("b");
        assertEquals(List.of("a", "b"), tried);
    }

    @Test
    void shouldTryAgainUntilDoneWhenItWasNotPossible() {
        impossible = "b";
        part.attempt("a");
        part.attempt("b");
        part.attempt("b");
        assertEquals(Optional.of("no b"), part.hindrance());

        impossible = "";
        part.attempt("b");
        part.attempt("b");

        assertEquals(Optional.empty(), part.hindrance());
        assertEquals(List.of("a", "b", "b", "b"), tried);
    }

    @Test
    void shouldDoTheOldValueAnewWhenTheNewOneFailedHalfWay() {
        part.attempt("a");
        impossible = "b";
        part.attempt("b");
        part.attempt("a");
        assertEquals(List.of("a", "b", "a"), tried);
        assertEquals(Optional.empty(), part.hindrance());
    }

    @Test
    void shouldThrowWhenAStartRequiresWhatIsNotPossible() {
        impossible = "a";
        assertThrows(IllegalStateException.class, () -> part.require("a"));
    }
}
