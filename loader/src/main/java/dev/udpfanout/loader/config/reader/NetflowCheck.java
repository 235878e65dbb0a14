package dev.udpfanout.loader.config.reader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.UserspaceConfig.Io;
import dev.udpfanout.loader.config.UserspaceConfig.Source;
import dev.udpfanout.loader.config.yaml.Section;
import java.util.Locale;
import java.util.Optional;

/** What does not go together with {@code payload: netflow}. */
final class NetflowCheck {
    private static final String KEY = "payload";

    private NetflowCheck() {}

    static void check(ListenerConfig listener, Section section) {
        if (listener.payload() != Payload.NETFLOW) {
            return;
        }
        checkSpreading(listener, section);
        checkReceivers(listener, section);
        if (listener.mode() != Mode.TC_EBPF) {
            checkUserspace(listener, section);
        }
    }

    private static void checkSpreading(ListenerConfig listener, Section section) {
        Policy policy = listener.receivers().policy();
        if (policy != Policy.ROUND_ROBIN) {
            section.problem(
                    KEY,
                    "netflow gives templates to every receiver and each record to one in turn, so policy: "
                            + policy.name().toLowerCase(Locale.ROOT)
                            + " does not work with it; remove one of the two");
        }
        if (listener.replies()) {
            section.problem(KEY, "netflow does not work with replies, since no collector answers; remove replies");
        }
        if (listener.mirror().isPresent()) {
            section.problem(
                    KEY,
                    "netflow does not work with mirror, since a sample of datagrams lacks templates; remove mirror");
        }
        if (listener.isOnDummyInterface() && listener.hook() == Hook.EGRESS) {
            section.problem(
                    KEY,
                    "netflow needs hook: ingress: copies go back in at ingress, where hook: egress has no program");
        }
    }

    private static void checkReceivers(ListenerConfig listener, Section section) {
        int receivers = listener.receivers().downstream().size();
        if (receivers > Limits.MAX_COPIES) {
            section.problem(
                    KEY,
                    "netflow copies templates to at most " + Limits.MAX_COPIES + " receivers, and there are "
                            + receivers);
        }
    }

    private static void checkUserspace(ListenerConfig listener, Section section) {
        if (listener.userspace().source().equals(Optional.of(Source.NODE))) {
            section.problem(
                    KEY,
                    "netflow needs source: client, since collectors tell exporters, and their templates, by their"
                            + " addresses; remove source");
        }
        if (listener.userspace().io() == Io.NIO) {
            section.problem(
                    KEY, "netflow does not work with io: nio, which cannot keep the exporter's address; remove io");
        }
    }
}
