package dev.udpfanout.loader.config.reader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads which of a listener's datagrams are forwarded. */
final class AdmissionReader {
    private static final String ALLOW = "allow";
    private static final String RATE_LIMIT = "rate_limit";

    private AdmissionReader() {}

    /** @param bind of whose family the sources must be; null if that is not known */
    static Admission read(Section listener, InetSocketAddress bind) {
        return new Admission(allow(listener, bind), rateLimit(listener));
    }

    private static Optional<RateLimit> rateLimit(Section listener) {
        if (!listener.has(RATE_LIMIT)) {
            return Optional.empty();
        }
        Section limit = listener.section(RATE_LIMIT);
        int packetsPerSecond = limit.wholeNumber("packets_per_second", 1, 1, RateLimit.MAX_PACKETS);
        if (!limit.has("packets_per_second")) {
            limit.problem("packets_per_second", "is missing; set how many packets a second are forwarded");
        }
        int burst = limit.wholeNumber("burst", packetsPerSecond, 1, RateLimit.MAX_PACKETS);
        limit.refuseUnknownKeys();
        return Optional.of(new RateLimit(packetsPerSecond, burst));
    }

    private static List<Prefix> allow(Section listener, InetSocketAddress bind) {
        Set<Prefix> seen = new HashSet<>();
        List<Prefix> allow = listener.texts(ALLOW, text -> {
            Prefix prefix = PrefixText.parse(text);
            checkFamily(prefix, bind);
            if (!seen.add(prefix)) {
                throw new BadTextException(prefix + " is there already");
            }
            return prefix;
        });
        if (listener.isEmptyList(ALLOW)) {
            listener.problem(ALLOW, "no prefixes; add at least one, or remove the key to allow every source");
        }
        return allow;
    }

    private static void checkFamily(Prefix prefix, InetSocketAddress bind) throws BadTextException {
        int family = bind == null ? prefix.family() : AddressText.family(bind.getAddress());
        if (prefix.family() != family) {
            throw new BadTextException(prefix + " is IPv" + prefix.family() + ", and the listener is IPv" + family);
        }
    }

    /** Notes it if all listeners together have more than the kernel's table holds. */
    static void checkTotal(List<ListenerConflicts.Read> listeners) {
        int total = 0;
        for (ListenerConflicts.Read each : listeners) {
            int before = total;
            total += each.listener().admission().allow().size();
            if (total > Limits.MAX_ALLOWED_SOURCES && before <= Limits.MAX_ALLOWED_SOURCES) {
                each.section()
                        .problem(
                                ALLOW,
                                "more than " + Limits.MAX_ALLOWED_SOURCES
                                        + " prefixes in all listeners together; join neighbouring ones");
            }
        }
    }
}
