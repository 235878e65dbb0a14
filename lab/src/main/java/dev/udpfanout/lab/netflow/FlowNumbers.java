package dev.udpfanout.lab.netflow;

/**
 * A record's number is its flow's ports, which each exporter sends and each collector prints: the source port tells the
 * exporter, the destination port counts from 1.
 */
final class FlowNumbers {
    /** The most records of an exporter. */
    static final int MAX_RECORDS = 65_535;

    private static final int PORT_BITS = 16;
    private static final int FIRST_SOURCE_PORT = 5000;

    private FlowNumbers() {}

    /** @param exporter from 0 */
    static int sourcePort(int exporter) {
        return FIRST_SOURCE_PORT + exporter;
    }

    /**
     * @param exporter from 0
     * @param record from 1 to {@value #MAX_RECORDS}
     */
    static int number(int exporter, int record) {
        return ofPorts(sourcePort(exporter), record);
    }

    static int ofPorts(int sourcePort, int destinationPort) {
        return sourcePort << PORT_BITS | destinationPort;
    }

    /** The packets of a record that was decoded with its exporter's sampling rate. */
    static int packets(int number) {
        boolean isSampled =
                exporter(number) == Exporter.OWN_V9.ordinal() || exporter(number) == Exporter.OWN_IPFIX.ordinal();
        return isSampled ? Stream.ONE_OF : 1;
    }

    /** Which exporter sent it. */
    static int exporter(int number) {
        return (number >>> PORT_BITS) - FIRST_SOURCE_PORT;
    }

    /** Whether there is an exporter that has it. */
    static boolean isOfExporter(int number) {
        return exporter(number) >= 0 && exporter(number) < Exporter.values().length;
    }
}
