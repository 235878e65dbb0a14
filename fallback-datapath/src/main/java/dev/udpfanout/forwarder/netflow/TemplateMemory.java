package dev.udpfanout.forwarder.netflow;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The templates that exporters have sent, by exporter and id. Bounded by number and by bytes: the one that was
 * refreshed longest ago goes first, of an address that takes more than a quarter if there is one. One that is not
 * refreshed within the life time goes, too.
 */
public final class TemplateMemory {
    /** After this part of its life time a refresh is kept again: what is kept must not look older than it is. */
    private static final int KEPT_AGAIN = 4;

    private static final int KEPT_MESSAGE_BYTES = 1232;

    private final Limits limits;
    private final RestoredExporters restored;
    private final Map<ExporterKey, Exporter> exporters = new HashMap<>();
    /** By access: the first is the one that was refreshed longest ago. */
    private final LinkedHashMap<TemplatePlace, Template> templates = new LinkedHashMap<>(16, 0.75f, true);

    private final ExporterKey question = new ExporterKey();
    private final AddressShares shares;
    private long bytes;
    private long evictions;
    private boolean news;

    /**
     * How much is remembered.
     *
     * @param maxTemplates at least 1
     * @param maxBytes of templates and options data
     * @param lifetimeNs of what is not refreshed
     */
    public record Limits(int maxTemplates, long maxBytes, long lifetimeNs) {
        /** What one of so many has. */
        public Limits share(int memories) {
            return new Limits(Math.max(1, maxTemplates / memories), maxBytes / memories, lifetimeNs);
        }
    }

    public TemplateMemory(Limits limits) {
        this(limits, Optional.empty());
    }

    /** @param journal has what an earlier process knew: an exporter that is not known here is looked for there */
    public TemplateMemory(Limits limits, Optional<TemplateJournal> journal) {
        this.limits = limits;
        this.shares = new AddressShares(limits);
        this.restored = journal.map(TemplateJournal::restored).orElseGet(RestoredExporters::none);
    }

    /** The exporter of a message, or null if it has no templates here; makes no object, unless it was restored. */
    Exporter exporter(NetflowMessage message, long sockaddrAt) {
        if (exporters.isEmpty() && restored.isEmpty()) {
            return null;
        }
        Exporter known = exporters.get(question.set(message.memory(), sockaddrAt, message));
        return known != null || restored.isEmpty() ? known : restore(question.copy());
    }

    private Exporter restore(ExporterKey key) {
        restored.take(key).forEach(this::replay);
        news = false;
        return exporters.get(key);
    }

    /** Takes all that an earlier process knew, and nobody has taken, for a memory that is the only one. */
    void restoreAll() {
        restored.takeAll().forEach(this::replay);
        news = false;
    }

    /**
     * Learns of a message that has come a while ago: what has come since is to be told after it. Does nothing with what
     * is no message of templates or options data.
     */
    void replay(RememberedMessage remembered) {
        RestoredExporters.Replay replay = new RestoredExporters.Replay(remembered);
        if (!replay.isWellFormed()) {
            return;
        }
        NetflowMessage message = replay.message();
        long agoMs = Math.max(0, System.currentTimeMillis() - remembered.epochMs());
        learnTemplates(message, 0, System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(agoMs));
        Exporter exporter = exporter(message, 0);
        message.rewind();
        while (exporter != null && message.nextSet()) {
            if (exporter.isOptionsData(message.setId())) {
                learnOptions(exporter, message);
            }
        }
    }

    /**
     * Of whom something is known.
     *
     * @param withRestored whether those are among them whom an earlier process knew, and nobody has taken
     */
    public List<ExporterKey> keys(boolean withRestored) {
        List<ExporterKey> keys = new ArrayList<>(exporters.keySet());
        if (withRestored) {
            keys.addAll(restored.keys());
        }
        return keys;
    }

    /**
     * Messages with all that is known of an exporter now, as of the time of its last template; none if it is forgotten.
     *
     * @param maxBytes of a message; one with a single record that is longer is longer
     */
    public List<RememberedMessage> of(ExporterKey key, int maxBytes) {
        Exporter exporter = exporters.get(key);
        return exporter == null
                ? restored.untaken(key)
                : exporter.remembered(maxBytes, System.nanoTime(), System.currentTimeMillis());
    }

    /** As {@link #of}, of all who are known here. */
    List<RememberedMessage> all(int maxBytes) {
        long nowNs = System.nanoTime();
        long nowMs = System.currentTimeMillis();
        List<RememberedMessage> messages = new ArrayList<>();
        exporters.values().forEach(exporter -> messages.addAll(exporter.remembered(maxBytes, nowNs, nowMs)));
        return messages;
    }

    /** Writes all that is known here, and was not restored and left. */
    public void keepIn(TemplateJournal journal) {
        forgetOld(System.nanoTime());
        all(KEPT_MESSAGE_BYTES).forEach(journal::append);
    }

    /** How the exporters are shown. */
    public List<ExporterState> states() {
        long nowNs = System.nanoTime();
        forgetOld(nowNs);
        return exporters.values().stream()
                .map(exporter -> exporter.state(nowNs))
                .toList();
    }

    /** Whether something new was learnt since the last call. */
    boolean takeNews() {
        boolean is = news;
        news = false;
        return is;
    }

    /** All of whom there are templates. */
    public Collection<Exporter> exporters() {
        return exporters.values();
    }

    /** Templates that are remembered. */
    public int size() {
        return templates.size();
    }

    /** Templates that have gone for want of room, since the start. */
    public long evictions() {
        return evictions;
    }

    /** Takes the templates of a well-formed message, and takes back what it withdraws. */
    void learnTemplates(NetflowMessage message, long sockaddrAt, long nowNs) {
        forgetOld(nowNs);
        message.rewind();
        while (message.nextSet()) {
            if (message.isTemplateSet(message.setId())) {
                learnSet(message, sockaddrAt, nowNs);
            }
        }
        Exporter exporter = exporter(message, sockaddrAt);
        if (exporter != null) {
            exporter.keepHeader(NetworkBytes.copy(message.memory(), message.at(), message.headerBytes()));
        }
    }

    private void learnSet(NetflowMessage message, long sockaddrAt, long nowNs) {
        MemorySegment memory = message.memory();
        boolean options = message.isOptionsSet(message.setId());
        long at = message.setAt() + NetflowMessage.SET_HEADER_BYTES;
        while (message.setEnd() - at >= TemplateRecord.MIN_BYTES) {
            int length = TemplateRecord.bytes(memory, at, message.setEnd(), message.version(), options);
            if (length == TemplateRecord.PADDING) {
                return;
            }
            int id = NetworkBytes.u16(memory, at);
            if (TemplateRecord.isWithdrawal(memory, at, message.version())) {
                withdraw(exporter(message, sockaddrAt), id, options);
            } else {
                learn(exporterOf(message, sockaddrAt), id, options, memory, at, length, nowNs);
            }
            at += length;
        }
    }

    private Exporter exporterOf(NetflowMessage message, long sockaddrAt) {
        Exporter known = exporter(message, sockaddrAt);
        if (known != null) {
            return known;
        }
        MemorySegment memory = message.memory();
        ExporterKey key = question.set(memory, sockaddrAt, message).copy();
        Exporter added = new Exporter(
                key,
                message.version(),
                NetworkBytes.copy(memory, sockaddrAt, RememberedMessage.SOCKADDR_BYTES),
                NetworkBytes.copy(memory, message.at(), message.headerBytes()));
        exporters.put(key, added);
        return added;
    }

    private void learn(
            Exporter exporter, int id, boolean options, MemorySegment memory, long at, int length, long nowNs) {
        TemplatePlace place = new TemplatePlace(exporter.key(), id);
        Template known = templates.get(place);
        if (known != null && known.isSame(options, memory, at, length)) {
            known.refresh(nowNs);
            shares.add(place, 0);
            news |= known.isDueToBeKept(nowNs, limits.lifetimeNs() / KEPT_AGAIN);
            return;
        }
        int before = known == null ? 0 : known.bytes();
        Template template = new Template(id, options, exporter.version(), NetworkBytes.copy(memory, at, length), nowNs);
        templates.put(place, template);
        exporter.put(template);
        bytes += template.bytes() - before;
        shares.add(place, template.bytes() - before);
        news = true;
        makeRoom();
    }

    /** Takes the records of a set of options data, whose template is known. */
    void learnOptions(Exporter exporter, NetflowMessage message) {
        Template template = exporter.template(message.setId());
        int before = template.bytes();
        news |= template.learn(message.memory(), message.setAt() + NetflowMessage.SET_HEADER_BYTES, message.setEnd());
        bytes += template.bytes() - before;
        shares.grow(new TemplatePlace(exporter.key(), template.id()), template.bytes() - before);
        makeRoom();
    }

    private void withdraw(Exporter exporter, int id, boolean options) {
        if (exporter == null) {
            return;
        }
        List<Template> gone = new ArrayList<>(exporter.templates());
        gone.removeIf(template -> id < TemplateRecord.MIN_ID ? template.options() != options : template.id() != id);
        news |= !gone.isEmpty();
        gone.forEach(template -> forget(new TemplatePlace(exporter.key(), template.id())));
    }

    /** Forgets what has not been refreshed for its life time. */
    public void forgetOld(long nowNs) {
        while (!templates.isEmpty() && nowNs - templates.firstEntry().getValue().refreshedNs() > limits.lifetimeNs()) {
            forget(templates.firstEntry().getKey());
        }
    }

    private void makeRoom() {
        while (templates.size() > limits.maxTemplates() || bytes > limits.maxBytes() && templates.size() > 1) {
            forget(shares.oldestOfLarge().orElseGet(() -> templates.firstEntry().getKey()));
            evictions++;
        }
    }

    private void forget(TemplatePlace place) {
        Template template = templates.remove(place);
        bytes -= template.bytes();
        shares.remove(place, template.bytes());
        Exporter exporter = exporters.get(place.exporter());
        exporter.remove(place.id());
        if (exporter.templates().isEmpty()) {
            exporters.remove(place.exporter());
        }
    }
}
