package dev.udpfanout.forwarder.netflow;

import dev.udpfanout.forwarder.netflow.NetflowMessage.Form;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Tells of each datagram which endpoints it is for, and remembers what later ones need to know. A datagram of records
 * alone makes no object.
 */
public final class SharedSets {
    private static final int COUNT_OFFSET = 2;

    private final TemplateMemory templates;
    private final Optional<TemplateJournal> journal;
    private final NetflowMessage message = new NetflowMessage();
    private Exporter exporter;

    /** @param journal where what is new is kept as well */
    public SharedSets(TemplateMemory templates, Optional<TemplateJournal> journal) {
        this.templates = templates;
        this.journal = journal;
    }

    /**
     * Looks at a datagram, which must stay where it is until {@link #write}.
     *
     * @param at where its payload begins
     * @param bytes of the payload
     * @param sockaddrAt where its sender's struct sockaddr is
     * @param nowNs {@link System#nanoTime()}
     */
    public Verdict judge(MemorySegment memory, long at, int bytes, long sockaddrAt, long nowNs) {
        Form form = message.read(memory, at, bytes);
        if (form != Form.WELL_FORMED) {
            return form == Form.NOT_NETFLOW ? Verdict.NOT_NETFLOW : Verdict.MALFORMED;
        }
        if (message.hasTemplates()) {
            templates.learnTemplates(message, sockaddrAt, nowNs);
        }
        exporter = templates.exporter(message, sockaddrAt);
        Verdict verdict = verdict();
        if (templates.takeNews() && journal.isPresent()) {
            keep(journal.get(), bytes, NetworkBytes.copy(memory, sockaddrAt, RememberedMessage.SOCKADDR_BYTES));
        }
        return verdict;
    }

    private void keep(TemplateJournal in, int bytes, byte[] sockaddr) {
        byte[] room = new byte[bytes];
        int length = write(MemorySegment.ofArray(room), 0);
        in.append(new RememberedMessage(System.currentTimeMillis(), sockaddr, Arrays.copyOf(room, length)));
    }

    private Verdict verdict() {
        boolean anyShared = false;
        boolean anyData = false;
        message.rewind();
        while (message.nextSet()) {
            if (isShared()) {
                anyShared = true;
                if (exporter != null && exporter.isOptionsData(message.setId())) {
                    templates.learnOptions(exporter, message);
                }
            } else {
                anyData = true;
            }
        }
        if (!anyShared) {
            return Verdict.DATA_ONLY;
        }
        return anyData ? Verdict.BOTH : Verdict.TEMPLATES_ONLY;
    }

    private boolean isShared() {
        int id = message.setId();
        return message.isTemplateSet(id) || exporter != null && exporter.isOptionsData(id);
    }

    /**
     * Writes a message of what all need of the one that was judged last: its header with the right count or length, and
     * the shared sets as they are.
     *
     * @return how many bytes it has; not more than the whole has
     */
    public int write(MemorySegment to, long at) {
        MemorySegment from = message.memory();
        MemorySegment.copy(from, message.at(), to, at, message.headerBytes());
        long end = at + message.headerBytes();
        int records = 0;
        message.rewind();
        while (message.nextSet()) {
            if (isShared()) {
                MemorySegment.copy(from, message.setAt(), to, end, message.setBytes());
                end += message.setBytes();
                records += records();
            }
        }
        int bytes = (int) (end - at);
        NetworkBytes.writeU16(to, at + COUNT_OFFSET, message.version() == NetflowMessage.IPFIX ? bytes : records);
        return bytes;
    }

    /** Records of the set that the message is at, as NetFlow v9 counts them. */
    private int records() {
        if (!message.isTemplateSet(message.setId())) {
            int each = exporter.template(message.setId()).dataBytes();
            return each == 0 ? 1 : (message.setBytes() - NetflowMessage.SET_HEADER_BYTES) / each;
        }
        boolean options = message.isOptionsSet(message.setId());
        int records = 0;
        long at = message.setAt() + NetflowMessage.SET_HEADER_BYTES;
        while (message.setEnd() - at >= TemplateRecord.MIN_BYTES) {
            int bytes = TemplateRecord.bytes(message.memory(), at, message.setEnd(), message.version(), options);
            if (bytes == TemplateRecord.PADDING) {
                return records;
            }
            records++;
            at += bytes;
        }
        return records;
    }
}
