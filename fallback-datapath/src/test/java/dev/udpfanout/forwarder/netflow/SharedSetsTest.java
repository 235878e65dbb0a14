package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.traffic.FlowCollector;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who needs a message, what is cut out of it, and what is remembered. */
@Tag("unit")
class SharedSetsTest {
    private static final FlowLayout FLOW = new FlowLayout(256, 0);
    private static final int SAMPLING = 300;
    private static final InetSocketAddress EXPORTER = new InetSocketAddress("192.0.2.1", 2055);

    private static FlowMessage message(int version, int domain) {
        return version == 9 ? FlowMessage.v9(1, domain) : FlowMessage.ipfix(1, domain);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void shouldSendRecordsToOneAndTemplatesToAll(int version) {
        Judge judge = new Judge();
        assertEquals(
                Verdict.DATA_ONLY,
                judge.judge(message(version, 1).records(FLOW, 1, 2).bytes()));
        assertEquals(
                Verdict.TEMPLATES_ONLY,
                judge.judge(message(version, 1).templates(FLOW).bytes()));
        assertEquals(
                Verdict.BOTH,
                judge.judge(message(version, 1)
                        .records(FLOW, 1)
                        .templates(FLOW)
                        .records(FLOW, 2)
                        .bytes()));
        assertEquals(1, judge.memory.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void shouldSendOptionsDataToAllOnceItsTemplateIsKnown(int version) {
        Judge judge = new Judge();
        byte[] data = message(version, 1).sampling(SAMPLING, 100, 1).bytes();
        assertEquals(Verdict.DATA_ONLY, judge.judge(data), "without a template");
        assertEquals(
                Verdict.TEMPLATES_ONLY,
                judge.judge(message(version, 1).samplingTemplate(SAMPLING).bytes()));
        assertEquals(Verdict.TEMPLATES_ONLY, judge.judge(data));
        assertEquals(Verdict.DATA_ONLY, judge.judge(data, 2056), "from another exporter");
        assertEquals(
                Verdict.DATA_ONLY,
                judge.judge(message(version, 2).sampling(SAMPLING, 100, 1).bytes()),
                "from another observation domain");
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void shouldCutARightMessageOutOfOneWithRecords(int version) {
        Judge judge = new Judge();
        judge.judge(message(version, 7)
                .records(FLOW, 1, 2, 3)
                .templates(FLOW, new FlowLayout(257, 3))
                .samplingTemplate(SAMPLING)
                .records(FLOW, 4)
                .sampling(SAMPLING, 100, 1, 2, 3)
                .bytes());
        FlowCollector collector = new FlowCollector();
        // It checks the count, or the length, by itself.
        collector.take(judge.cut(), EXPORTER);
        assertEquals(2, collector.templates());
        assertEquals(3, collector.sampledInterfaces());
        assertEquals(List.of(), collector.numbers());
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void shouldTellAnEndpointThatJoinsAllInMessagesThatFit(int version) {
        Judge judge = new Judge();
        for (int domain = 1; domain <= 3; domain++) {
            FlowMessage message = message(version, domain).samplingTemplate(SAMPLING);
            for (int id = 400; id < 480; id++) {
                message.templates(new FlowLayout(id, id % 7));
            }
            judge.judge(message.sampling(SAMPLING, 1000, 1, 2, 3)
                    .sampling(SAMPLING, 500, 2)
                    .bytes());
        }
        FlowCollector collector = new FlowCollector();
        for (byte[] told : judge.retell(1232)) {
            assertTrue(told.length <= 1232, () -> told.length + " bytes");
            collector.take(told, EXPORTER);
        }
        assertEquals(3 * 80, collector.templates());
        assertEquals(3 * 3, collector.sampledInterfaces());
    }

    @Test
    void shouldForgetWhatIsWithdrawn() {
        Judge judge = new Judge();
        judge.judge(FlowMessage.ipfix(1, 1)
                .templates(FLOW, new FlowLayout(257, 1))
                .samplingTemplate(SAMPLING)
                .bytes());
        assertEquals(3, judge.memory.size());
        assertEquals(
                Verdict.TEMPLATES_ONLY,
                judge.judge(FlowMessage.ipfix(1, 1).withdrawal(257).bytes()));
        assertEquals(2, judge.memory.size());
        judge.judge(FlowMessage.ipfix(1, 1).withdrawal(2).bytes());
        assertEquals(1, judge.memory.size(), "all templates are withdrawn, no options template");
    }

    @Test
    void shouldRememberNoMoreThanItsLimits() {
        Judge judge = new Judge(new Limits(10, 1 << 20, 1000));
        for (int id = 256; id < 276; id++) {
            judge.judge(FlowMessage.v9(1, 1).templates(new FlowLayout(id, 0)).bytes());
            judge.judge(FlowMessage.v9(1, 1).templates(FLOW).bytes());
        }
        assertEquals(10, judge.memory.size());
        assertEquals(10, judge.memory.evictions());
        FlowCollector collector = new FlowCollector();
        judge.retell(1232).forEach(told -> collector.take(told, EXPORTER));
        collector.take(FlowMessage.v9(1, 1).records(FLOW, 5).bytes(), EXPORTER);
        assertEquals(List.of(5L), collector.numbers(), "the one that was refreshed is still there");
        judge.pass(1001);
        judge.judge(FlowMessage.v9(1, 2).templates(FLOW).bytes());
        assertEquals(1, judge.memory.size(), "only the new one is younger than the life time");
        assertEquals(1, judge.memory.exporters().size());
        assertEquals(10, judge.memory.evictions(), "age is no want of room");
    }

    @Test
    void shouldBoundTheBytesOfOptionsData() {
        Judge judge = new Judge(new Limits(1000, 200_000, Long.MAX_VALUE));
        for (int domain = 0; domain < 50; domain++) {
            judge.judge(message(9, domain)
                    .samplingTemplate(SAMPLING)
                    .sampling(SAMPLING, 10, IntStream.range(0, 1000).toArray())
                    .bytes());
        }
        assertTrue(judge.memory.evictions() > 40, () -> judge.memory.evictions() + " evictions");
    }

    @Test
    void shouldTakeAChangedTemplateUnderTheSameId() {
        Judge judge = new Judge();
        judge.judge(FlowMessage.v9(1, 1).templates(FLOW).bytes());
        FlowLayout changed = new FlowLayout(256, 4);
        judge.judge(FlowMessage.v9(2, 1).templates(changed).bytes());
        FlowCollector collector = new FlowCollector();
        judge.retell(1232).forEach(told -> collector.take(told, EXPORTER));
        collector.take(FlowMessage.v9(3, 1).records(changed, 8, 9).bytes(), EXPORTER);
        assertEquals(List.of(8L, 9L), collector.numbers());
    }
}
