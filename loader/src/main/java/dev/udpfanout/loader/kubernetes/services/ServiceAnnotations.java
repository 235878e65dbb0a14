package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the annotations of a Service ask for.
 *
 * @param spreading how datagrams are spread over the endpoints
 * @param replies whether what endpoints answer goes back to the client as from the Service
 * @param rateLimit how many datagrams are forwarded; empty: as many as there are
 * @param localDelivery how they get to an endpoint on this node
 * @param mirror who gets copies; empty: nobody
 */
record ServiceAnnotations(
        Spreading spreading,
        boolean replies,
        Optional<RateLimit> rateLimit,
        LocalDelivery localDelivery,
        Optional<ServiceMirror> mirror) {
    /** What all annotations begin with. */
    static final String PREFIX = "udpfanout.dev/";

    /** With this one, a Service is served. */
    static final String POLICY = PREFIX + "policy";

    static final String HASH_ON = PREFIX + "hash-on";
    static final String REPLIES = PREFIX + "replies";
    static final String RATE_LIMIT = PREFIX + "rate-limit";
    static final String LOCAL_DELIVERY = PREFIX + "local-delivery";

    static final String PAYLOAD = PREFIX + "payload";
    static final String MIRROR = PREFIX + "mirror";

    private static final List<String> KNOWN =
            List.of(POLICY, HASH_ON, PAYLOAD, REPLIES, RATE_LIMIT, LOCAL_DELIVERY, MIRROR);

    private static final String WEIGHTS_FROM = PREFIX + "weights-from";

    private static final Pattern LIMIT = Pattern.compile("(\\d{1,9})(?:/(\\d{1,9}))?");

    /** Whether an annotation is one that a Service may have, or one that is refused with a reason of its own. */
    static boolean isKnown(String key) {
        return KNOWN.contains(key) || key.equals(WEIGHTS_FROM);
    }

    /** @throws RefusedServiceException with the first annotation that is wrong */
    static ServiceAnnotations read(Map<String, String> all) throws RefusedServiceException {
        refuseUnknown(all);
        Policy policy = AnnotationText.choice(all, POLICY, Policy.class, Policy.ROUND_ROBIN);
        Optional<PayloadKey> key = namedKey(all);
        HashOn hashOn =
                key.isPresent() ? HashOn.SOURCE : AnnotationText.choice(all, HASH_ON, HashOn.class, HashOn.SOURCE);
        Payload payload = AnnotationText.choice(all, PAYLOAD, Payload.class, Payload.NONE);
        boolean replies = AnnotationText.flag(all, REPLIES);
        if (all.containsKey(HASH_ON) && policy != Policy.HASH) {
            throw new RefusedServiceException(
                    HASH_ON + " works with " + POLICY + "=hash only; remove it, or set the policy to hash");
        }
        if (replies && policy.copies()) {
            throw new RefusedServiceException(REPLIES + " does not work with " + POLICY
                    + "=replicate, because every endpoint would answer; remove one of the two");
        }
        if (replies && (key.isPresent() || payload != Payload.NONE)) {
            throw new RefusedServiceException(REPLIES
                    + " keeps what a client's socket sends at one endpoint, which does" + " not go together with "
                    + (key.isPresent() ? HASH_ON : PAYLOAD) + "; remove one of the two");
        }
        checkPayload(all, payload, policy);
        Optional<ServiceMirror> mirror =
                all.containsKey(MIRROR) ? Optional.of(ServiceMirror.read(all.get(MIRROR))) : Optional.empty();
        return new ServiceAnnotations(
                new Spreading(policy, hashOn, payload, key),
                replies,
                limit(all),
                AnnotationText.choice(all, LOCAL_DELIVERY, LocalDelivery.class, LocalDelivery.AUTO),
                mirror);
    }

    /** The key in the payload that {@code hash-on} names, if it names one. */
    private static Optional<PayloadKey> namedKey(Map<String, String> all) {
        return Stream.of(PayloadKey.Named.values())
                .filter(named -> named.text().equals(all.get(HASH_ON)))
                .map(PayloadKey.Named::key)
                .findFirst();
    }

    /** What does not go together with a payload: as with a listener of the file. */
    private static void checkPayload(Map<String, String> all, Payload payload, Policy policy)
            throws RefusedServiceException {
        if (payload == Payload.NETFLOW && policy != Policy.ROUND_ROBIN) {
            throw new RefusedServiceException(PAYLOAD + "=netflow gives templates to every endpoint and each record to"
                    + " one in turn; set " + POLICY + "=round_robin");
        }
        if (payload == Payload.NETFLOW && all.containsKey(MIRROR)) {
            throw new RefusedServiceException(PAYLOAD + "=netflow does not work with " + MIRROR
                    + ", because a sample of datagrams lacks templates; remove " + MIRROR);
        }
        if (payload == Payload.STATSD && policy != Policy.HASH) {
            throw new RefusedServiceException(
                    PAYLOAD + "=statsd sends each metric where its name leads; set " + POLICY + "=hash");
        }
        if (payload == Payload.STATSD && all.containsKey(HASH_ON)) {
            throw new RefusedServiceException(PAYLOAD + "=statsd decides by the name of the metric; remove " + HASH_ON);
        }
    }

    /** The same with a policy that {@code sessionAffinity: ClientIP} asks for. */
    ServiceAnnotations bySource() {
        return new ServiceAnnotations(
                new Spreading(Policy.HASH, HashOn.SOURCE, Payload.NONE), replies, rateLimit, localDelivery, mirror);
    }

    /** Whether that policy goes together with what they ask for. */
    boolean canBeBySource() {
        boolean isBySource = spreading.policy() == Policy.HASH
                && spreading.hashOn() == HashOn.SOURCE
                && spreading.key().isEmpty();
        return spreading.payload() == Payload.NONE && (spreading.policy() == Policy.ROUND_ROBIN || isBySource);
    }

    private static void refuseUnknown(Map<String, String> all) throws RefusedServiceException {
        for (String key : all.keySet().stream().sorted().toList()) {
            if (key.equals(WEIGHTS_FROM)) {
                throw new RefusedServiceException(
                        key + " is not supported, because the daemon reads no pods; remove it."
                                + " With " + POLICY + "=weighted the weights are those of the EndpointSlices"
                                + " (udp-fanout.dev/weight)");
            }
            if (key.startsWith(PREFIX) && !KNOWN.contains(key)) {
                throw new RefusedServiceException(
                        key + " is unknown; known annotations are " + String.join(", ", KNOWN));
            }
        }
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
        throw new RefusedServiceException(RATE_LIMIT + ": \"" + AnnotationText.shortened(text)
                + "\" is no rate; write PACKETS_PER_SECOND or PACKETS_PER_SECOND/BURST, each 1 to "
                + RateLimit.MAX_PACKETS);
    }
}
