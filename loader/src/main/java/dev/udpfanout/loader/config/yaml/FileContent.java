package dev.udpfanout.loader.config.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What a configuration file holds, be it text or not: compared by value, and taken for what it is only when it is
 * parsed.
 *
 * @param bytes of a file that is too large as many as show that it is
 */
public record FileContent(ByteBuffer bytes) {
    /** Far more than 256 listeners of 65,536 endpoints would need no one writes by hand; a bound all the same. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    /**
     * Reads a file, or one that a symbolic link leads to.
     *
     * @throws IOException if it is none: to open a FIFO waits until somebody writes to it, and a device has no end
     */
    public static FileContent read(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "not a regular file");
        }
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
