package dev.udpfanout.loader.config.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a configuration file holds, be it text or not: compared by value, and taken for what it is only when it is
 * parsed.
 *
 * @param bytes of a file that is too large as many as show that it is
 */
public record FileContent(ByteBuffer bytes) {
    /** Far more than 256 listeners of 65,536 endpoints would need no one writes by hand; a bound all the same. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    /** Reads a file. */
    public static FileContent read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new FileContent(ByteBuffer.wrap(in.readNBytes(MAX_BYTES + 1)));
        }
    }

    /** Text that no file holds. */
    public static FileContent of(String text) {
        return new FileContent(StandardCharsets.UTF_8.encode(text));
    }

    /** Whether there is more than {@link #MAX_BYTES}. */
    public boolean isTooLarge() {
        return bytes.remaining() > MAX_BYTES;
    }

    /**
     * The bytes as text.
     *
     * @throws CharacterCodingException if they are not UTF-8
     */
    public String text() throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    }
}
