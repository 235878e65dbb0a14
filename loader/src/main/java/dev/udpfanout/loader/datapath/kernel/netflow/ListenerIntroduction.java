package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.loader.datapath.netflow.ExporterIntroduction;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What receivers of a listener are told of its exporters. One thread's at a time. */
final class ListenerIntroduction {
    private final ListenerExporters listener;
    private final Telling.Why why;
    private final ExporterIntroduction introduction;

    /** @param sinceEpochMs only of exporters who have sent a template since then; 0 for all */
    ListenerIntroduction(
            ListenerExporters listener, Telling.Why why, long sinceEpochMs, List<InetSocketAddress> receivers) {
        this.listener = listener;
        this.why = why;
        this.introduction = listener.known().introduction(sinceEpochMs, receivers);
    }

    /** How many exporters it is of. */
    int exporters() {
        return introduction.exporters();
    }

    ListenerExporters listener() {
        return listener;
    }

    /** Tells for as long as a change of receivers may wait; whether all is told. */
    boolean tellAtOnce(TemplateSender sender) {
        return tell(sender::send, Integer.MAX_VALUE);
    }

    /**
     * Tells a batch, to those who are receivers still.
     *
     * @param told is added the exporters that it is of
     * @return whether all is told
     */
    boolean tellBatch(TemplateSender sender, Set<InetSocketAddress> told) {
        return tell(
                telling -> {
                    told.add(telling.exporter());
                    if (listener.receivers().contains(telling.receiver())) {
                        sender.send(telling);
                    }
                },
                ExporterIntroduction.BATCH_DATAGRAMS);
    }

    private boolean tell(Consumer<Telling> by, int most) {
        return introduction.tell((message, receiver) -> by.accept(Telling.of(listener, why, message, receiver)), most);
    }
}
