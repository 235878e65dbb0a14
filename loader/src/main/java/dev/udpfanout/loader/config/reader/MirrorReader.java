package dev.udpfanout.loader.config.reader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.MirrorConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code mirror}: who gets copies of a listener's datagrams, and of how many. */
final class MirrorReader {
    private static final String KEY = "mirror";

    private MirrorReader() {}

    /** @param bind of whose family the receivers must be; null if that is not known */
    static Optional<MirrorConfig> read(Section section, ReceiverSet listener, InetSocketAddress bind) {
        if (!section.has(KEY)) {
            return Optional.empty();
        }
        Section mirror = section.section(KEY);
        ReceiverSet receivers = ReceiversReader.readMirror(mirror, listener, bind);
        int sample = mirror.wholeNumber("sample", 1, 1, MirrorConfig.MAX_SAMPLE);
        mirror.refuseUnknownKeys();
        return Optional.of(new MirrorConfig(receivers, sample));
    }

    /** What fits neither the hook nor the rest of the listener. */
    static void check(ListenerConfig listener, Section section) {
        Optional<String> set =
                listener.mirror().map(mirror -> mirror.receivers().name());
        if (set.isEmpty()) {
            return;
        }
        if (listener.isOnDummyInterface() && listener.hook() == Hook.EGRESS) {
            section.problem(
                    KEY,
                    "a mirror needs hook: ingress: copies go back in at ingress, where hook: egress has no program");
        }
        if (set.get().getBytes(StandardCharsets.UTF_8).length > ListenerName.MAX_BYTES) {
            section.problem(
                    "name",
                    "is too long for a listener with a mirror, whose counters go by \"" + set.get() + "\": at most "
                            + ListenerName.MAX_BYTES + " bytes together");
        }
    }

    /**
     * What all of them come to: a mirror's set takes a listener's place in the kernel's tables, and has a name there.
     */
    static void checkTogether(List<ListenerConflicts.Read> read) {
        Map<String, Section> names = new HashMap<>();
        read.forEach(each -> names.put(each.listener().name(), each.section()));
        int places = read.size();
        for (ListenerConflicts.Read each : read) {
            Optional<String> set =
                    each.listener().mirror().map(mirror -> mirror.receivers().name());
            if (set.isEmpty()) {
                continue;
            }
            Section other = names.get(set.get());
            if (other != null) {
                each.section()
                        .problem(
                                KEY,
                                "its counters go by \"" + set.get() + "\", which is the name of the listener on line "
                                        + other.line());
            }
            if (++places == Limits.MAX_LISTENERS_OF_FILE + 1) {
                each.section()
                        .problem(
                                KEY,
                                "more than " + Limits.MAX_LISTENERS_OF_FILE
                                        + " listeners and mirrors together; that is the limit");
            }
        }
    }
}
