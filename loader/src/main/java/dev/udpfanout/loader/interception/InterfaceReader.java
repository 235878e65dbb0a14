package dev.udpfanout.loader.interception;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.loader.config.ServicesConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reads from the kernel which interfaces there are, and finds those on which the datagrams of Services come in. */
public final class InterfaceReader {
    private static final Path BRIDGES = Path.of("/proc/sys/net/bridge");
    private static final List<String> CALLS = List.of("bridge-nf-call-iptables", "bridge-nf-call-ip6tables");

    private InterfaceReader() {}

    /**
     * Those in the calling thread's network namespace, which is the socket's too. Needs no privilege.
     *
     * @param vips that are served
     */
    public static List<FoundInterface> read(RtnetlinkSocket socket, ServicesConfig config, Set<InetAddress> vips) {
        if (!config.looksForInterfaces()) {
            return List.of();
        }
        List<Route> routes = new Routes(socket).all();
        boolean filters = CALLS.stream().anyMatch(InterfaceReader::isOn);
        return new InterfaceFinder(new Links(socket).all(), routes, bridge -> filters).find(config, vips);
    }

    /** Without the module br_netfilter there is no such sysctl. */
    private static boolean isOn(String sysctl) {
        try (Stream<String> lines = Files.readAllLines(BRIDGES.resolve(sysctl)).stream()) {
            return lines.findFirst().filter(line -> !line.strip().equals("0")).isPresent();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException("failed to read " + BRIDGES.resolve(sysctl) + ": " + e.getMessage(), e);
        }
    }
}
