package dev.udpfanout.loader.cli;

import static dev.udpfanout.loader.cli.terminal.Printable.printable;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.drops.DropText;
import java.io.PrintWriter;

/**
 * Writes what {@code udp-fanout drops} has seen.
 *
 * @param json an object a line, for programs
 * @param wrap of the terminal
 */
record DropsOutput(PrintWriter out, boolean json, WordWrap wrap) {
    /** Where the listener stands; lines go on a little further in. */
    private static final int CONTINUED = 15;

    void drop(DropText drop) {
        if (json) {
            out.println(drop.json());
            return;
        }
        StringBuilder text = new StringBuilder();
        wrap.append(text, printable(drop.start()), CONTINUED, printable(drop.line()));
        out.print(text);
    }

    /** @param name the listener and the reason */
    void counted(String name, long packets) {
        out.println(
                json
                        ? JsonNodeFactory.instance
                                .objectNode()
                                .put("counted", name)
                                .put("packets", packets)
                        : "counted: " + printable(name) + " +" + packets);
    }

    /** A listener is served in another mode from now on. */
    void mode(String listener, String mode) {
        out.println(
                json
                        ? JsonNodeFactory.instance
                                .objectNode()
                                .put("listener", listener)
                                .put("mode", mode)
                        : "listener " + printable(listener) + " is served by " + printable(mode) + " now");
    }

    /** @param where {@code the kernel} or {@code user space} */
    void end(String where, long dropped, long shown) {
        if (!json) {
            out.println("%d packets dropped in %s, %d shown".formatted(dropped, where, shown));
        }
    }
}
