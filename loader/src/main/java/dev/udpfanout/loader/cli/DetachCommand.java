package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.datapath.kernel.Leftovers;
import dev.udpfanout.loader.datapath.kernel.Network;
import dev.udpfanout.loader.datapath.kernel.Pins;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code udp-fanout detach}: removes what a daemon that is dead has left behind. */
@Command(
        name = "detach",
        description = "Takes every udp-fanout program off its hook and puts the routes back.",
        mixinStandardHelpOptions = true)
final class DetachCommand implements Callable<Integer> {
    @Mixin
    private PinDirectory pins;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        try (Network network = Network.open()) {
            int removed = Leftovers.remove(network);
            Pins.removeAll(pins.directory);
            PrintWriter out = spec.commandLine().getOut();
            out.println(removed == 0 ? "nothing of udp-fanout is left here" : "removed " + removed + " leftover(s)");
            out.flush();
            return ExitCode.OK;
        }
    }
}
