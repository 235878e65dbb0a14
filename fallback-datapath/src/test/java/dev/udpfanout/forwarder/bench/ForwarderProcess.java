package dev.udpfanout.forwarder.bench;

import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.Transports;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A forwarder as a process of its own, for bench/forwarders/compare. Prints its counters for each line that it reads,
 * and ends with its input.
 *
 * <p>Arguments: the transport, {@code segments} or {@code singles}, the number of workers, the address and port to
 * listen on, and the endpoints as address:port.
 */
final class ForwarderProcess {
    private ForwarderProcess() {}

    public static void main(String[] args) throws IOException {
        Transport transport = Transport.valueOf(args[0].toUpperCase(java.util.Locale.ROOT));
        ForwarderConfig config = ForwarderConfig.forAddress(address(args[3]))
                .withSegmentation(args[1].equals("segments"))
                .withWorkers(Integer.parseInt(args[2]))
                .withMaxPacketBytes(2048);
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int i = 4; i < args.length; i++) {
            endpoints.add(address(args[i]));
        }
        try (Forwarder forwarder = Transports.start(transport, config);
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            forwarder
                    .endpoints(new EndpointTable(endpoints))
                    .toCompletableFuture()
                    .join();
            System.out.println("ready");
            while (input.readLine() != null) {
                System.out.println(forwarder.counters());
            }
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
