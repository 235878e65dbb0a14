package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Messages that lie: they are known for it, nothing is remembered of them, and the look at them ends. */
@Tag("unit")
@org.junit.jupiter.api.Tag("unit")
class MalformedMessagesTest {
    private static final FlowLayout FLOW = new FlowLayout(256, 0);

    private static byte[] whole(int version) {
        FlowMessage message = version == 9 ? FlowMessage.v9(1, 1) : FlowMessage.ipfix(1, 1);
        return message.samplingTemplate(300)
                .templates(FLOW, new FlowLayout(257, 2))
                .records(FLOW, 1, 2)
                .sampling(300, 10, 1, 2)
                .bytes();
    }

    private static Verdict judge(byte[] message) {
        Judge judge = new Judge();
        Verdict verdict = judge.judge(message);
        if (verdict == Verdict.MALFORMED || verdict == Verdict.NOT_NETFLOW) {
            assertEquals(0, judge.memory.size());
        }
        return verdict;
    }

    @Test
    void shouldLeaveOtherVersionsAlone() {
        assertEquals(Verdict.NOT_NETFLOW, judge(new byte[0]));
        assertEquals(Verdict.NOT_NETFLOW, judge(new byte[] {9}));
        assertEquals(Verdict.NOT_NETFLOW, judge(new byte[] {0, 9, 0, 1}), "shorter than a header");
        byte[] v5 = new byte[72];
        v5[1] = 5;
        assertEquals(Verdict.NOT_NETFLOW, judge(v5));
    }

    @Test
    void shouldKnowLengthsThatLie() {
        for (int version : new int[] {9, 10}) {
            byte[] message = whole(version);
            int firstSet = version == 9 ? 20 : 16;
            assertEquals(Verdict.BOTH, judge(message));
            for (int length : new int[] {0, 1, 3, message.length, 65_535}) {
                byte[] lying = message.clone();
                ByteBuffer.wrap(lying).putShort(firstSet + 2, (short) length);
                assertEquals(Verdict.MALFORMED, judge(lying), version + ", set of " + length);
            }
            byte[] fields = message.clone();
            ByteBuffer.wrap(fields).putShort(firstSet + 6, (short) 65_535);
            assertEquals(Verdict.MALFORMED, judge(fields), version + ", 65,535 fields");
        }
        byte[] ipfix = whole(10);
        ByteBuffer.wrap(ipfix).putShort(2, (short) (ipfix.length - 4));
        assertEquals(Verdict.MALFORMED, judge(ipfix), "the length of the message");
    }

    @Property
    void anyBytesAreJudgedWithinTheirBounds(
            @ForAll @IntRange(min = 9, max = 10) int version, @ForAll @Size(max = 400) byte[] content) {
        byte[] message = Arrays.copyOf(content, Math.max(content.length, 2));
        message[0] = 0;
        message[1] = (byte) version;
        Judge judge = new Judge();
        judge.judge(message);
        assertTrue(judge.retell(1232).size() <= judge.memory.size() * 2);
    }

    @Property(tries = 3000)
    void changedBytesOfAMessageAreJudgedWithinItsBounds(
            @ForAll @IntRange(min = 9, max = 10) int version,
            @ForAll @IntRange(min = 2, max = 150) int at,
            @ForAll byte value,
            @ForAll @IntRange(min = 2, max = 150) int otherAt,
            @ForAll byte otherValue) {
        byte[] message = whole(version);
        message[Math.max(2, at % message.length)] = value;
        message[Math.max(2, otherAt % message.length)] = otherValue;
        Judge judge = new Judge();
        Verdict verdict = judge.judge(message);
        if (verdict == Verdict.BOTH || verdict == Verdict.TEMPLATES_ONLY) {
            assertTrue(judge.cut().length <= message.length);
            assertTrue(new Judge().judge(judge.cut()) != Verdict.MALFORMED);
        }
        judge.retell(1232).forEach(told -> assertTrue(new Judge().judge(told) != Verdict.MALFORMED));
    }
}
