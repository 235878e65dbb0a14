package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the annotations of a Service ask for.
 *
 * @param spreading how datagrams are spread over the endpoints
 * @param replies whether what endpoints answer goes back to the client as from the Service
 * @param rateLimit how many datagrams are forwarded; empty: as many as there are
 * @param localDelivery how they get to an endpoint on this node
 */
record ServiceAnnotations(
        Spreading spreading, boolean replies, Optional<RateLimit> rateLimit, LocalDelivery localDelivery) {
    /** What all annotations begin with. */
    static final String PREFIX = "udpfanout.dev/";

    /** With this one, a Service is served. */
    static final String POLICY = PREFIX + "policy";

    static final String HASH_ON = PREFIX + "hash-on";
    static final String REPLIES = PREFIX + "replies";
    static final String RATE_LIMIT = PREFIX + "rate-limit";
    static final String LOCAL_DELIVERY = PREFIX + "local-delivery";

    private static final List<String> KNOWN = List.of(POLICY, HASH_ON, REPLIES, RATE_LIMIT, LOCAL_DELIVERY);

    /** Keys of a listener that a Service cannot have by annotation. */
    private static final List<String> ONLY_IN_THE_FILE =
            Stream.of("payload", "mirror", "weights-from").map(PREFIX::concat).toList();

    private static final Pattern LIMIT = Pattern.compile("(\\d{1,9})(?:/(\\d{1,9}))?");

    /** Whether an annotation is one that a Service may have, or one that is refused with a reason of its own. */
    static boolean isKnown(String key) {
        return KNOWN.contains(key) || ONLY_IN_THE_FILE.contains(key);
    }

    /** @throws RefusedServiceException with the first annotation that is wrong */
    static ServiceAnnotations read(Map<String, String> all) throws RefusedServiceException {
        refuseUnknown(all);
        Policy policy = choice(all, POLICY, Policy.class, Policy.ROUND_ROBIN);
        HashOn hashOn = choice(all, HASH_ON, HashOn.class, HashOn.SOURCE);
        if (all.containsKey(HASH_ON) && policy != Policy.HASH) {
            throw new RefusedServiceException(
                    HASH_ON + " works with " + POLICY + "=hash only; remove it, or set the policy to hash");
        }
        boolean replies = flag(all, REPLIES);
        if (replies && policy.copies()) {
            throw new RefusedServiceException(REPLIES + " does not work with " + POLICY
                    + "=replicate, because every endpoint would answer; remove one of the two");
        }
        return new ServiceAnnotations(
                new Spreading(policy, hashOn, Payload.NONE),
                replies,
                limit(all),
                choice(all, LOCAL_DELIVERY, LocalDelivery.class, LocalDelivery.AUTO));
    }

    private static void refuseUnknown(Map<String, String> all) throws RefusedServiceException {
        for (String key : all.keySet().stream().sorted().toList()) {
            if (ONLY_IN_THE_FILE.contains(key)) {
                throw new RefusedServiceException(key + " is not supported on a Service; remove it, or write a listener"
                        + " in the ConfigMap instead of the annotations");
            }
            if (key.startsWith(PREFIX) && !KNOWN.contains(key)) {
                throw new RefusedServiceException(
                        key + " is unknown; known annotations are " + String.join(", ", KNOWN));
            }
        }
    }

    private static <E extends Enum<E>> E choice(Map<String, String> all, String key, Class<E> type, E fallback)
            throws RefusedServiceException {
        String text = all.get(key);
        if (text == null) {
            return fallback;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String choices = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new RefusedServiceException(key + ": \"" + shortened(text) + "\" is not one of: " + choices);
    }

    private static boolean flag(Map<String, String> all, String key) throws RefusedServiceException {
        String text = all.getOrDefault(key, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new RefusedServiceException(key + ": \"" + shortened(text) + "\" is neither true nor false");
        }
        return text.equals("true");
    }

    private static Optional<RateLimit> limit(Map<String, String> all) throws RefusedServiceException {
        String text = all.get(RATE_LIMIT);
        if (text == null) {
            return Optional.empty();
        }
        Matcher matcher = LIMIT.matcher(text);
        if (matcher.matches()) {
            int packets = Integer.parseInt(matcher.group(1));
            int burst = matcher.group(2) == null ? packets : Integer.parseInt(matcher.group(2));
            if (Math.min(packets, burst) >= 1 && Math.max(packets, burst) <= RateLimit.MAX_PACKETS) {
                return Optional.of(new RateLimit(packets, burst));
            }
        }
        throw new RefusedServiceException(RATE_LIMIT + ": \"" + shortened(text)
                + "\" is no rate; write PACKETS_PER_SECOND or PACKETS_PER_SECOND/BURST, each 1 to "
                + RateLimit.MAX_PACKETS);
    }

    /** An annotation may be 256 KiB long. */
    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
