package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.ContestantLab;
import java.util.ArrayList;
import java.util.List;

/** Labs that are open at one time. */
final class Labs implements AutoCloseable {
    private final List<ContestantLab> labs = new ArrayList<>();

    void add(ContestantLab lab) {
        labs.add(lab);
    }

    List<ContestantLab> all() {
        return labs;
    }

    @Override
    public void close() {
        labs.reversed().forEach(ContestantLab::close);
    }
}
