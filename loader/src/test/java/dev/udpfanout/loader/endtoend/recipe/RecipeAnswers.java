package dev.udpfanout.loader.endtoend.recipe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** What receivers of the recipes answer, so that the protocols' own clients take it. */
final class RecipeAnswers {
    /** The secret of RADIUS that both sides know. */
    static final String SECRET = "secret-of-the-lab";

    private static final byte ACCESS_ACCEPT = 2;
    private static final int RADIUS_HEADER_BYTES = 20;
    private static final int AUTHENTICATOR_OFFSET = 4;
    private static final int DNS_FLAGS_OFFSET = 2;
    private static final byte RESPONSE = (byte) 0x80;

    private RecipeAnswers() {}

    /** The same. */
    static byte[] echo(byte[] payload) {
        return payload;
    }

    /** That there are no records of that name: the question with the bit QR. Source: RFC 1035, section 4.1.1. */
    static byte[] dns(byte[] query) {
        byte[] answer = query.clone();
        answer[DNS_FLAGS_OFFSET] |= RESPONSE;
        return answer;
    }

    /** Access-Accept without attributes. Source: RFC 2865, section 3. */
    static byte[] radius(byte[] request) {
        ByteBuffer answer = ByteBuffer.allocate(RADIUS_HEADER_BYTES)
                .put(ACCESS_ACCEPT)
                .put(request[1])
                .putShort((short) RADIUS_HEADER_BYTES)
                .put(request, AUTHENTICATOR_OFFSET, RADIUS_HEADER_BYTES - AUTHENTICATOR_OFFSET);
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(answer.array());
            answer.put(AUTHENTICATOR_OFFSET, digest.digest(SECRET.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
        return Arrays.copyOf(answer.array(), RADIUS_HEADER_BYTES);
    }
}
