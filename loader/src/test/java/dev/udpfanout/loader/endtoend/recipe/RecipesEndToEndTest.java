package dev.udpfanout.loader.endtoend.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.netflow.FlowCapture;
import dev.udpfanout.loader.cli.Distribution;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The configurations of docs/recipes.md as they stand there, all in one daemon, in each mode: Debian's own clients
 * where there are such send datagrams of each protocol, and what belongs together comes to one receiver.
 */
@Tag("kernel")
class RecipesEndToEndTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Path PAGE = Path.of("..", "docs", "recipes.md");
    private static final Pattern RECIPE = Pattern.compile("(?s)```yaml\nlisteners:\n(.*?)```");
    private static final Pattern BIND = Pattern.compile("bind: \"10\\.255\\.0\\.1:(\\d+)\"");
    private static final String ADDRESS = "10.255.0.1";
    private static final int PODS = 2;
    private static final int SYSLOG = 514;
    private static final int IPFIX = 4739;
    private static final int IPFIX_TEMPLATES = 2;
    private static final int IPFIX_FIRST_DATA = 256;
    private static final int SFLOW = 6343;
    private static final int GELF = 12_201;
    private static final int STATSD = 8125;
    private static final int SNMP = 162;
    private static final int DNS = 53;
    private static final int RADIUS = 1812;
    private static final int GTPU = 2152;
    private static final int GAME = 7777;
    private static final int MANY = 60;

    @TempDir
    private Path directory;

    private final List<Integer> ports = new ArrayList<>();

    /** All recipes as one configuration. */
    private Path config(String mode) throws IOException {
        // What exporters have sent is not to be left on this machine.
        StringBuilder listeners =
                new StringBuilder("metrics: { enabled: false }\nnetflow: { directory: \"%s\" }\nlisteners:\n"
                        .formatted(directory.resolve("memory")));
        StringBuilder others = new StringBuilder();
        Matcher recipe = RECIPE.matcher(Files.readString(PAGE));
        while (recipe.find()) {
            for (String line : recipe.group(1).lines().toList()) {
                (line.startsWith(" ") ? listeners : others).append(line).append('\n');
                if (line.contains("interface: dummy0")) {
                    listeners.append("    mode: ").append(mode).append('\n');
                }
            }
        }
        BIND.matcher(listeners).results().forEach(bind -> ports.add(Integer.parseInt(bind.group(1))));
        return Files.writeString(directory.resolve("config.yaml"), listeners.append(others));
    }

    private static void send(Topology topology, int port, List<byte[]> payloads) {
        topology.client().call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                for (byte[] payload : payloads) {
                    channel.send(ByteBuffer.wrap(payload), new InetSocketAddress(ADDRESS, port));
                }
            }
            return null;
        });
    }

    private static void shell(Topology topology, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-ec", script, "sh"));
        command.addAll(List.of(arguments));
        topology.client().exec(command.toArray(String[]::new));
    }

    private static void await(RecipeReceivers receivers, int port, int datagrams) {
        assertTrue(
                BoundedWait.until(() -> receivers.count(port) >= datagrams, LIMIT),
                () -> "port " + port + ": " + receivers.count(port) + " of " + datagrams);
        assertEquals(datagrams, receivers.count(port), "port " + port);
    }

    /** Shares differ by one a CPU, or in user space a worker. */
    private static void assertInTurn(RecipeReceivers receivers, int port, int datagrams) {
        await(receivers, port, datagrams);
        int difference =
                Math.abs(receivers.at(0, port).size() - receivers.at(1, port).size());
        assertTrue(difference <= Runtime.getRuntime().availableProcessors(), "port " + port + ": by " + difference);
    }

    private static String text(byte[] payload) {
        return new String(payload, StandardCharsets.ISO_8859_1);
    }

    /** What has one key is at one pod, and both pods have some. */
    private static void assertTogether(RecipeReceivers receivers, int port, int keyOffset, int keyBytes) {
        Map<String, Integer> podOf = new HashMap<>();
        for (int pod = 0; pod < PODS; pod++) {
            for (byte[] payload : receivers.at(pod, port)) {
                String key = text(payload).substring(keyOffset, keyOffset + keyBytes);
                assertEquals(pod, podOf.computeIfAbsent(key, first -> podOfFirst(receivers, port, payload)));
            }
            assertTrue(!receivers.at(pod, port).isEmpty(), "port " + port + ": nothing at pod " + pod);
        }
    }

    private static int podOfFirst(RecipeReceivers receivers, int port, byte[] payload) {
        return receivers.at(0, port).contains(payload) ? 0 : 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tc_ebpf", "userspace"})
    void shouldServeEachProtocolAsItsRecipeSays(String mode) throws Exception {
        Path config = config(mode);
        assertEquals(List.of(SYSLOG, IPFIX, SFLOW, GELF, STATSD, SNMP, DNS, RADIUS, GTPU, GAME), ports);
        try (Topology topology =
                        Topology.builder().pods(PODS).verifyChecksums(true).build();
                RecipeReceivers receivers = new RecipeReceivers(
                        topology,
                        ports,
                        Map.of(
                                DNS, RecipeAnswers::dns,
                                RADIUS, RecipeAnswers::radius,
                                GAME, RecipeAnswers::echo))) {
            topology.client().exec("ip", "route", "add", ADDRESS, "via", TopologyPlan.NODE_ADDRESS);
            topology.node()
                    .start(
                            Distribution.command(),
                            "--config",
                            config.toString(),
                            "--pin-dir",
                            topology.pinDirectory().toString())
                    .awaitLine("ready listeners=", LIMIT);
            checkInTurn(topology, receivers);
            checkTogether(topology, receivers);
            checkAnswered(topology, receivers);
        }
    }

    private void checkInTurn(Topology topology, RecipeReceivers receivers) throws IOException {
        Path lines = Files.write(
                directory.resolve("lines"),
                IntStream.range(0, MANY).mapToObj(i -> "line " + i).toList());
        topology.client().exec("logger", "--udp", "--server", ADDRESS, "--port", "" + SYSLOG, "--file", "" + lines);
        assertInTurn(receivers, SYSLOG, MANY);
        shell(
                topology,
                "for i in 1 2 3 4 5 6; do snmptrap -v 2c -c public $1:$2 \"\" 1.3.6.1.6.3.1.1.5.3; done",
                ADDRESS,
                "" + SNMP);
        assertInTurn(receivers, SNMP, 6);
        // Nothing of Debian sends sFlow: version 5, and no samples.
        byte[] sflow = ByteBuffer.allocate(28).putInt(5).putInt(1).array();
        send(topology, SFLOW, Collections.nCopies(MANY, sflow));
        assertInTurn(receivers, SFLOW, MANY);
    }

    private void checkTogether(Topology topology, RecipeReceivers receivers) throws IOException {
        shell(
                topology,
                "i=0; while [ $i -lt 20 ]; do printf 'gauge.%02d:%d|g\\n' $i 7 | nc -u -q 0 $1 $2;"
                        + " printf 'gauge.%02d:-1|g\\n' $i | nc -u -q 0 $1 $2; i=$((i+1)); done",
                ADDRESS,
                "" + STATSD);
        await(receivers, STATSD, 40);
        assertTogether(receivers, STATSD, 0, "gauge.00".length());
        List<byte[]> chunks = new ArrayList<>();
        List<byte[]> tunnels = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            chunks.add(ByteBuffer.allocate(14)
                    .putShort((short) 0x1e0f)
                    .putLong(i % 20)
                    .put((byte) (i / 20))
                    .put((byte) 3)
                    .array());
            tunnels.add(
                    ByteBuffer.allocate(16).putInt(0x30ff0008).putInt(i % 20).array());
        }
        send(topology, GELF, chunks);
        await(receivers, GELF, MANY);
        assertTogether(receivers, GELF, 2, 8);
        send(topology, GTPU, tunnels);
        await(receivers, GTPU, MANY);
        assertTogether(receivers, GTPU, 4, 4);
        topology.client()
                .exec(
                        "softflowd",
                        "-d",
                        "-r",
                        FlowCapture.ofFlows(directory.resolve("capture"), 4000, 20_000, 200)
                                .toString(),
                        "-v",
                        "10",
                        "-n",
                        ADDRESS + ":" + IPFIX,
                        "-c",
                        "none",
                        "-p",
                        directory.resolve("softflowd.pid").toString());
        for (int pod = 0; pod < PODS; pod++) {
            List<byte[]> messages = receivers.at(pod, IPFIX);
            assertTrue(
                    BoundedWait.until(
                            () -> hasSet(messages, IPFIX_TEMPLATES) && hasSet(messages, IPFIX_FIRST_DATA), LIMIT),
                    "templates and records at pod " + pod + " of " + messages.size() + " messages");
        }
    }

    /** A set with this id or, of data, any higher one, in one of these messages: RFC 7011, 3.1 and 3.3.2. */
    private static boolean hasSet(List<byte[]> messages, int id) {
        for (byte[] message : List.copyOf(messages)) {
            ByteBuffer sets = ByteBuffer.wrap(message);
            for (int at = 16; at + 4 <= message.length && sets.getShort(at + 2) > 0; at += sets.getShort(at + 2)) {
                int found = Short.toUnsignedInt(sets.getShort(at));
                if (found == id || id == IPFIX_FIRST_DATA && found > id) {
                    return true;
                }
            }
        }
        return false;
    }

    private void checkAnswered(Topology topology, RecipeReceivers receivers) {
        for (int i = 0; i < 6; i++) {
            String answer = topology.client()
                    .exec("dig", "+tries=1", "+time=10", "@" + ADDRESS, "-p", "" + DNS, "host" + i + ".example.");
            assertTrue(answer.contains("status: NOERROR"), answer);
        }
        await(receivers, DNS, 6);
        shell(
                topology,
                "for i in 1 2 3; do echo \"User-Name=user$i,User-Password=none\" |"
                        + " radclient -r 1 -t 10 $1:$2 auth \"$3\"; done",
                ADDRESS,
                "" + RADIUS,
                RecipeAnswers.SECRET);
        await(receivers, RADIUS, 3);
        for (int player = 0; player < 8; player++) {
            assertEquals("move", topology.client().execWithInput("move", "nc", "-u", "-W", "1", ADDRESS, "" + GAME));
        }
        await(receivers, GAME, 8);
    }
}
