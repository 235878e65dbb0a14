package dev.udpfanout.lab.netflow;

import java.util.List;
import java.util.Locale;

/** What happens while exporters export. */
enum Scenario {
    /** Each exporter once, one after the other. */
    EXPORTERS(4, "4") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(4);
            for (Exporter exporter : Exporter.values()) {
                sent.add(exporter, exporter.export(ground));
                ground.settle();
            }
        }
    },
    /** As many receivers as get copies. */
    MANY(64, "64") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(64);
            for (Exporter exporter : List.of(Exporter.SOFTFLOWD_V9, Exporter.OWN_V9, Exporter.OWN_IPFIX)) {
                sent.add(exporter, exporter.export(ground));
                ground.settle();
            }
        }
    },
    /** Receivers join and leave, while exporters tell no template again. */
    SCALING(10, "3, 10, 2") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(3);
            try (OwnExporters exporters = new OwnExporters(ground, sent)) {
                exporters.awaitRecords(SOME);
                ground.useReceivers(10);
                exporters.awaitRecords(SOME);
                ground.useReceivers(2);
                exporters.awaitRecords(SOME);
            }
        }
    },
    /** The daemon is killed, and the next one has one receiver more. */
    KILLED(4, "3, 4") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(3);
            try (OwnExporters exporters = new OwnExporters(ground, sent)) {
                exporters.awaitRecords(SOME);
                exporters.restPerhaps();
                ground.kill();
                exporters.awaitRecordsUnlessResting(SOME);
                ground.start(4);
                exporters.resume();
                exporters.awaitRecords(SOME);
            }
        }
    },
    /** Another version of the program takes over, and has one receiver more. */
    UPGRADED(4, "3, 4") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(3);
            try (OwnExporters exporters = new OwnExporters(ground, sent)) {
                exporters.awaitRecords(SOME);
                exporters.restPerhaps();
                ground.end();
                exporters.awaitRecordsUnlessResting(SOME);
                ground.start(
                        4,
                        "--ebpf-program",
                        OtherProgram.in(ground.folder("program")).toString());
                exporters.resume();
                exporters.awaitRecords(SOME);
            }
        }
    },
    /** A collector ends, and another one starts in its place: it knows no template. */
    RESTARTED(3, "3") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(3);
            try (OwnExporters exporters = new OwnExporters(ground, sent)) {
                exporters.awaitRecords(SOME);
                for (int pod = 1; pod <= 2; pod++) {
                    exporters.rest();
                    ground.finish(pod);
                    exporters.beginAway();
                    exporters.resume();
                    // About two seconds: by then it is known that its port is closed.
                    exporters.awaitRecords(2 * SOME);
                    ground.collectAgain(pod);
                    exporters.endAway();
                    exporters.awaitRecords(SOME);
                }
            }
        }
    },
    /** Malformed messages, large datagrams and fragments come between. */
    HOSTILE(3, "3") {
        @Override
        void run(Ground ground, Sent sent) {
            ground.start(3);
            long before = ground.arrived();
            int hostile = 0;
            try (OwnExporters exporters = new OwnExporters(ground, sent)) {
                for (int round = 0; round < HostileSender.ROUNDS; round++) {
                    exporters.awaitRecords(SOME / HostileSender.ROUNDS);
                    hostile += HostileSender.send(ground);
                }
                exporters.rest();
                HostileSender.check(ground.arrived() - before, exporters.messages(), hostile);
            }
        }
    };

    /** Records of each exporter between two events: about a second. */
    private static final int SOME = 2_000;

    private final int pods;
    private final String receivers;

    Scenario(int pods, String receivers) {
        this.pods = pods;
        this.receivers = receivers;
    }

    /** One word, for tables and the command line. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How many pods there are, each with a collector. */
    int pods() {
        return pods;
    }

    /** How many of them are receivers, one after the other. */
    String receivers() {
        return receivers;
    }

    /** Starts the daemon, sends, and has happen what is to happen; all has arrived when the ground has settled. */
    abstract void run(Ground ground, Sent sent);
}
