package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tries to attach a program, and to make a dummy interface, on a {@link ScratchInterface}. */
final class AttachmentProbe {
    static final String TCX = "attach by TCX";
    static final String CLSACT = "attach by clsact";
    static final String DUMMY = "dummy driver";
    private static final int ANY_PRIORITY = 1;

    private AttachmentProbe() {}

    /** Without a program: the dummy driver only. */
    static Map<String, Support> dummyOnly() {
        return run((network, link) -> new LinkedHashMap<>(Map.of(DUMMY, dummy(network))));
    }

    static Map<String, Support> run(BpfProgram program) {
        return run((network, link) -> {
            Map<String, Support> results = new LinkedHashMap<>();
            results.put(TCX, tcx(program, link));
            results.put(CLSACT, clsact(program, link));
            results.put(DUMMY, dummy(network));
            return results;
        });
    }

    private static Map<String, Support> run(
            java.util.function.BiFunction<Network, Link, Map<String, Support>> attempts) {
        try {
            return ScratchInterface.with(attempts);
        } catch (RuntimeException e) {
            Support unknown = new Support.Unknown("no scratch network namespace to try it in: " + e.getMessage());
            return Map.of(TCX, unknown, CLSACT, unknown, DUMMY, unknown);
        }
    }

    private static Support tcx(BpfProgram program, Link link) {
        Support result = Attempt.of(() -> TcxLink.attachFirst(program, link.index(), link.name(), HookPoint.INGRESS)
                .close());
        return result.isSupported() || !result.describe().contains("EINVAL")
                ? result
                : new Support.Unsupported("this kernel has no TCX, which came with Linux 6.6");
    }

    private static Support clsact(BpfProgram program, Link link) {
        return Attempt.of(() -> {
            ClsactFilter.createQdisc(link.index(), link.name());
            ClsactFilter.attach(program, link.index(), link.name(), HookPoint.INGRESS, ANY_PRIORITY)
                    .detach();
        });
    }

    private static Support dummy(Network network) {
        return Attempt.of(() -> network.links().createDummy("dummy0"));
    }
}
