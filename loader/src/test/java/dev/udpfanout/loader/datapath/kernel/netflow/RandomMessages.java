package dev.udpfanout.loader.datapath.kernel.netflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Messages of one exporter of NetFlow v9 (RFC 3954) or IPFIX (RFC 7011), as they come and as they never should: each id
 * stands for options or for other data in turn, sets are padded, and some messages lie.
 */
final class RandomMessages {
    private static final int FIRST_ID = 256;
    private static final int IDS = 1 << 16;
    private static final int MAX_SETS = 5;
    /** Below 128 fields of four bytes: a template that lies about more is found by the end of its set. */
    private static final int MAX_BYTES = 500;

    private final Random random;
    private final boolean ipfix;
    private final int[] domains;
    private final int[] ids;
    /** Where the sets of the last message are, and its templates. */
    private final List<Integer> sets = new ArrayList<>();

    private final List<Integer> templates = new ArrayList<>();
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int sequence;

    /** @param usable ids that exporters share, as those of one kind do */
    RandomMessages(Random random, int[] usable) {
        this.random = random;
        this.ipfix = random.nextBoolean();
        this.domains = random.ints(1 + random.nextInt(3)).toArray();
        this.ids = random.ints(6, 0, usable.length).map(at -> usable[at]).toArray();
    }

    /** The next one. */
    byte[] next() {
        byte[] message = wellFormed();
        while (message.length > MAX_BYTES) {
            message = wellFormed();
        }
        return switch (random.nextInt(12)) {
            case 0 -> withSetLength(message);
            case 1 -> withFieldCount(message);
            case 2 -> Arrays.copyOf(message, random.nextInt(message.length));
            case 3 -> withBytes(message);
            case 4 -> withHeader(message);
            case 5 -> random.nextInt(3) > 0 ? message : manySteps();
            case 6 -> random.nextInt(3) > 0 ? message : longTemplate();
            default -> message;
        };
    }

    /** One with templates, options and data, which is worth being cut at each byte. */
    byte[] whole() {
        begin();
        optionsTemplateSet(ids[2]);
        templateSet(ids[3]);
        dataSet(ids[3]);
        dataSet(ids[2]);
        return end();
    }

    /** The beginning of a message; the length in IPFIX's header is right, as far as there is one. */
    static byte[] cutTo(byte[] message, int bytes) {
        byte[] cut = Arrays.copyOf(message, bytes);
        if (bytes >= 4 && cut[1] == 10) {
            putShort(cut, 2, bytes);
        }
        return cut;
    }

    private byte[] wellFormed() {
        begin();
        for (int i = random.nextInt(MAX_SETS + 1); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> templateSet(anyId());
                case 1 -> optionsTemplateSet(anyId());
                default -> dataSet(random.nextInt(20) == 0 ? random.nextInt(IDS) : anyId());
            }
        }
        return end();
    }

    private int anyId() {
        return ids[random.nextInt(ids.length)];
    }

    private void begin() {
        bytes = ByteBuffer.allocate(8192);
        sets.clear();
        templates.clear();
        bytes.putShort((short) (ipfix ? 10 : 9)).putShort((short) random.nextInt());
        if (!ipfix) {
            bytes.putInt(random.nextInt());
        }
        bytes.putInt(1_700_000_000).putInt(sequence++).putInt(domains[random.nextInt(domains.length)]);
    }

    /** NetFlow v9's count stays any number: nobody can rely on it. */
    private byte[] end() {
        if (ipfix) {
            bytes.putShort(2, (short) bytes.position());
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private void set(int id, Runnable content) {
        int at = bytes.position();
        sets.add(at);
        bytes.putShort((short) id).putShort((short) 0);
        content.run();
        bytes.putShort(at + 2, (short) (bytes.position() - at));
    }

    private void templateSet(int first) {
        set(ipfix ? 2 : 0, () -> {
            template(first);
            for (int i = random.nextInt(3); i > 0; i--) {
                template(anyId());
            }
            padding();
        });
    }

    private void template(int id) {
        templates.add(bytes.position());
        if (ipfix && random.nextInt(6) == 0) {
            withdrawal(random.nextInt(6) == 0 ? 2 : id);
            return;
        }
        int fields = 1 + random.nextInt(8);
        bytes.putShort((short) id).putShort((short) fields);
        fields(fields);
    }

    private void optionsTemplateSet(int first) {
        set(ipfix ? 3 : 1, () -> {
            optionsTemplate(first);
            for (int i = random.nextInt(3); i > 0; i--) {
                optionsTemplate(anyId());
            }
            padding();
        });
    }

    private void optionsTemplate(int id) {
        templates.add(bytes.position());
        if (ipfix && random.nextInt(6) == 0) {
            withdrawal(id);
            return;
        }
        // Version 9 allows one without a scope, where IPFIX does not: RFC 3954 section 6.1, RFC 7011 section 3.4.2.2.
        int scope = ipfix ? 1 + random.nextInt(2) : random.nextInt(3);
        int others = (scope == 0 ? 1 : 0) + random.nextInt(5);
        bytes.putShort((short) id);
        if (ipfix) {
            bytes.putShort((short) (scope + others)).putShort((short) scope);
        } else {
            bytes.putShort((short) (4 * scope)).putShort((short) (4 * others));
        }
        fields(scope + others);
    }

    private void withdrawal(int id) {
        bytes.putShort((short) id).putShort((short) 0);
    }

    private void fields(int count) {
        int[] lengths = {0, 1, 2, 4, 4, 8, 16, IDS - 1};
        for (int i = 0; i < count; i++) {
            boolean hasEnterprise = random.nextInt(4) == 0;
            bytes.putShort((short) (random.nextInt(1 << 15) | (hasEnterprise ? 1 << 15 : 0)))
                    .putShort((short) lengths[random.nextInt(lengths.length)]);
            if (hasEnterprise && ipfix) {
                bytes.putInt(random.nextInt());
            }
        }
    }

    private void dataSet(int id) {
        boolean isTemplates = ipfix ? id == 2 || id == 3 : id < 2;
        set(isTemplates ? FIRST_ID : id, () -> {
            byte[] records = new byte[random.nextInt(60)];
            random.nextBytes(records);
            bytes.put(records);
        });
    }

    /** Zeros up to a multiple of four bytes, or of another number. */
    private void padding() {
        bytes.put(new byte[random.nextInt(3) > 0 ? 0 : random.nextInt(10)]);
    }

    /** More sets, or more templates in one, than the program looks at; or nearly. */
    private byte[] manySteps() {
        begin();
        int many = 110 + random.nextInt(40);
        if (random.nextBoolean()) {
            for (int i = 0; i < many; i++) {
                set(anyId(), () -> {});
            }
            templateSet(anyId());
        } else {
            set(ipfix ? 2 : 0, () -> {
                for (int i = 0; i < many; i++) {
                    bytes.putShort((short) anyId()).putShort((short) 1).putInt(0x00010004);
                }
            });
            dataSet(anyId());
        }
        return end();
    }

    /** A template of more fields than the program looks at, alone in its set. */
    private byte[] longTemplate() {
        begin();
        int fields = 129 + random.nextInt(20);
        set(ipfix ? 2 : 0, () -> {
            bytes.putShort((short) anyId()).putShort((short) fields);
            fields(fields);
        });
        dataSet(anyId());
        return end();
    }

    private byte[] withSetLength(byte[] message) {
        if (!sets.isEmpty()) {
            int[] lies = {0, 1, 2, 3, message.length, IDS - 1, random.nextInt(200)};
            putShort(message, sets.get(random.nextInt(sets.size())) + 2, lies[random.nextInt(lies.length)]);
        }
        return message;
    }

    private byte[] withFieldCount(byte[] message) {
        if (!templates.isEmpty()) {
            int[] lies = {0, 1, 3, 127, 128, 129, 16_384, IDS - 1, random.nextInt(IDS)};
            int at = templates.get(random.nextInt(templates.size())) + (random.nextInt(3) == 0 ? 4 : 2);
            putShort(message, Math.min(at, message.length - 2), lies[random.nextInt(lies.length)]);
        }
        return message;
    }

    private byte[] withBytes(byte[] message) {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            message[2 + random.nextInt(message.length - 2)] = (byte) random.nextInt();
        }
        return message;
    }

    private byte[] withHeader(byte[] message) {
        putShort(message, random.nextInt(4) == 0 ? 0 : 2, random.nextBoolean() ? random.nextInt(12) : random.nextInt());
        return message;
    }

    private static void putShort(byte[] message, int at, int value) {
        ByteBuffer.wrap(message).putShort(at, (short) value);
    }
}
