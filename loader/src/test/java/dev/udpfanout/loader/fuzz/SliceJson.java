package dev.udpfanout.loader.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.List;
import java.util.function.Supplier;

/**
 * EndpointSlices as an API server, or somebody who may write to it, could give them: each field is what it should be,
 * or absent, null, of another type, or out of range, as the fuzzer's bytes say.
 */
final class SliceJson {
    private static final int MOST = 4;
    private static final List<String> ODD = List.of(
            "null",
            "\"\"",
            "-1",
            "0",
            "65536",
            "2147483647",
            "4294967296",
            "1.5",
            "true",
            "[]",
            "{}",
            "[null]",
            "\"x\"");
    private static final List<String> ADDRESSES = List.of(
            "\"10.0.0.1\"",
            "\"10.0.0.2\"",
            "\"2001:db8::1\"",
            "\"::ffff:10.0.0.1\"",
            "\"fe80::1%eth0\"",
            "\"0.0.0.0\"",
            "\"010.0.0.1\"",
            "\"10.1\"",
            "\"pod.example\"");

    private final FuzzedDataProvider data;

    SliceJson(FuzzedDataProvider data) {
        this.data = data;
    }

    /** A list of them, of a version of the API. */
    String list(String version) {
        return "{\"apiVersion\":\"discovery.k8s.io/" + version + "\",\"kind\":\"EndpointSliceList\",\"metadata\":{},"
                + "\"items\":" + array(() -> slice(version)) + "}";
    }

    private String slice(String version) {
        return "{\"apiVersion\":\"discovery.k8s.io/" + version + "\",\"kind\":\"EndpointSlice\""
                + field("metadata", this::metadata)
                + field("addressType", () -> pick("\"IPv4\"", "\"IPv6\"", "\"FQDN\""))
                + field("ports", () -> array(this::port))
                + field("endpoints", () -> array(this::endpoint)) + "}";
    }

    private String metadata() {
        return "{\"name\":\"s\"" + field("namespace", () -> "\"logging\"")
                + field("labels", () -> "{\"kubernetes.io/service-name\":\"receivers\"}")
                + field("annotations", () -> "{\"udp-fanout.dev/weight\":\"" + data.consumeInt() + "\"}") + "}";
    }

    private String port() {
        return "{\"name\":" + pick("\"syslog\"", "\"\"", "null")
                + field("protocol", () -> pick("\"UDP\"", "\"TCP\""))
                + field("port", () -> Integer.toString(data.consumeInt(-2, 65_540))) + "}";
    }

    private String endpoint() {
        return "{\"hostname\":\"h\"" + field("addresses", () -> array(() -> data.pickValue(ADDRESSES)))
                + field("conditions", this::conditions)
                + field("nodeName", () -> pick("\"node-a\"", "\"node-b\""))
                + field("zone", () -> "\"zone\"")
                + field("topology", () -> "{\"kubernetes.io/hostname\":\"node-a\"}")
                + field("targetRef", () -> "{\"kind\":" + pick("\"Pod\"", "null") + field("name", () -> "\"p\"") + "}")
                + "}";
    }

    private String conditions() {
        return "{\"unknown\":1" + field("ready", this::truth) + field("serving", this::truth)
                + field("terminating", this::truth) + "}";
    }

    private String truth() {
        return pick("true", "false", "null");
    }

    private String field(String name, Supplier<String> usual) {
        int kind = data.consumeInt(0, 9);
        String prefix = ",\"" + name + "\":";
        return switch (kind) {
            case 0 -> "";
            case 1 -> prefix + data.pickValue(ODD);
            default -> prefix + usual.get();
        };
    }

    private String array(Supplier<String> element) {
        StringBuilder text = new StringBuilder("[");
        for (int left = data.consumeInt(0, MOST); left > 0; left--) {
            text.append(data.consumeInt(0, 9) == 0 ? "null" : element.get()).append(left > 1 ? "," : "");
        }
        return text.append(']').toString();
    }

    private String pick(String... values) {
        return data.pickValue(values);
    }
}
