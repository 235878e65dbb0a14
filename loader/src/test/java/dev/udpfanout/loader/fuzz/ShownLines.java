package dev.udpfanout.loader.fuzz;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Of all that Jazzer says, how far it is, and everything from the first finding on. */
final class ShownLines implements Consumer<String> {
    private static final Pattern PROGRESS = Pattern.compile("#\\d+\\s+(INITED|pulse|DONE).*|stat::.*");
    private static final Pattern FINDING = Pattern.compile("==.*(Java Exception|ERROR|libFuzzer).*|# A fatal error .*");

    private final Consumer<String> out;
    private boolean isFound;

    ShownLines(Consumer<String> out) {
        this.out = out;
    }

    @Override
    public void accept(String line) {
        isFound |= FINDING.matcher(line).matches();
        if (isFound || PROGRESS.matcher(line).matches()) {
            out.accept(line);
        }
    }
}
