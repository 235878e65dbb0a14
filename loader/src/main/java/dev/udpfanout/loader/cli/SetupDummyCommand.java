package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.datapath.network.DummyInterface;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout setup-dummy}: what the DaemonSet's init container runs. Safe to run again. */
@Command(
        name = "setup-dummy",
        description = "Creates the dummy interface, gives it its address, brings it up, verifies it and prints it.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout setup-dummy"},
        mixinStandardHelpOptions = true)
final class SetupDummyCommand implements Callable<Integer> {
    @Option(
            names = "--interface",
            paramLabel = "NAME",
            defaultValue = "dummy0",
            description = "Default: ${DEFAULT-VALUE}.")
    private String interfaceName;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = "10.255.0.1",
            description = "Where kube-proxy sends the VIP's datagrams; default: ${DEFAULT-VALUE}.")
    private String address;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        InetAddress wanted = address();
        try (Network network = Network.open()) {
            Link link = new DummyInterface(interfaceName, network).ensure(List.of(wanted), false);
            String addresses = network.addresses().of(link.index()).stream()
                    .map(assigned -> assigned.address().getHostAddress() + "/" + assigned.prefixLength())
                    .collect(Collectors.joining(" "));
            PrintWriter out = spec.commandLine().getOut();
            out.println(link.name() + ": kind " + link.kind() + ", " + (link.up() ? "up" : "DOWN") + ", "
                    + (link.noArp() ? "noarp" : "ARP") + ", mtu " + link.mtu() + ", " + addresses);
            out.flush();
            boolean isAssigned = network.addresses().of(link.index()).stream()
                    .anyMatch(assigned -> assigned.address().equals(wanted));
            boolean isRight = link.up() && link.noArp() && isAssigned;
            return isRight ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--address: \"" + address + "\" is not an IP address", e);
        }
    }
}
