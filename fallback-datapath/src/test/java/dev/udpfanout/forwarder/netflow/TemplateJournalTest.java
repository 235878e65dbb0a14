package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an exporter has told one process, the next one knows: a process that is killed closes nothing. */
class TemplateJournalTest {
    private static final Limits LIMITS = new Limits(1000, 4 << 20, TimeUnit.MINUTES.toNanos(30));
    private static final FlowLayout FLOW = new FlowLayout(256, 0);
    private static final FlowLayout OTHER = new FlowLayout(257, 5);
    private static final int SAMPLING = 300;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("run").resolve("flows");
    }

    @Test
    void shouldKnowAfterARestartWhatItKnewBefore() throws IOException {
        Judge before = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        before.judge(
                FlowMessage.v9(1, 7).templates(FLOW).samplingTemplate(SAMPLING).bytes());
        before.judge(FlowMessage.v9(2, 7).sampling(SAMPLING, 100, 1, 2).bytes());
        Judge after = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        assertEquals(
                Verdict.TEMPLATES_ONLY,
                after.judge(FlowMessage.v9(3, 7).sampling(SAMPLING, 100, 1, 2).bytes()));
        assertEquals(2, after.memory.size());
        assertArrayEquals(contentOf(before), contentOf(after));
    }

    @Test
    void shouldGiveEachExporterToTheFirstThatHearsOfIt() throws IOException {
        Judge before = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        before.judge(FlowMessage.ipfix(1, 7).templates(FLOW).bytes(), 1001);
        before.judge(FlowMessage.ipfix(1, 7).templates(OTHER).bytes(), 1002);
        TemplateJournal journal = TemplateJournal.open(file, LIMITS);
        Judge one = new Judge(LIMITS, journal);
        Judge other = new Judge(LIMITS, journal);
        assertEquals(2, journal.restored().size());
        one.judge(FlowMessage.ipfix(2, 7).records(FLOW, 1).bytes(), 1001);
        other.judge(FlowMessage.ipfix(2, 7).records(FLOW, 1).bytes(), 1001);
        other.judge(FlowMessage.ipfix(2, 7).records(OTHER, 1).bytes(), 1002);
        assertEquals(1, one.memory.size());
        assertEquals(1, other.memory.size());
        assertEquals(0, journal.restored().size());
    }

    @Test
    void shouldNotKeepRecordsOrWhatIsKnown() throws IOException {
        Judge judge = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        judge.judge(FlowMessage.v9(1, 7).templates(FLOW).records(FLOW, 1, 2, 3).bytes());
        long bytes = bytesOfFiles();
        for (int i = 2; i < 100; i++) {
            judge.judge(FlowMessage.v9(i, 7).templates(FLOW).records(FLOW, i).bytes());
        }
        assertEquals(bytes, bytesOfFiles());
        assertTrue(bytes < 100 + FlowMessage.v9(1, 7).templates(FLOW).bytes().length, "bytes " + bytes);
    }

    @Test
    void shouldEndWhereAnEntryIsNotWhole() throws IOException {
        Judge before = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        before.judge(FlowMessage.v9(1, 7).templates(FLOW).bytes());
        long whole = bytesOfFiles();
        before.judge(FlowMessage.v9(2, 7).templates(OTHER).bytes());
        Path last = files().getLast();
        Files.write(last, Arrays.copyOf(Files.readAllBytes(last), (int) whole + 20));
        Judge after = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        after.judge(FlowMessage.v9(3, 7).records(FLOW, 1).bytes());
        assertEquals(1, after.memory.size());
    }

    @Test
    void shouldForgetWhatIsOlderThanItsLifeTime() throws IOException {
        Judge before = new Judge(LIMITS, TemplateJournal.open(file, LIMITS));
        before.judge(FlowMessage.v9(1, 7).templates(FLOW).bytes());
        Limits none = new Limits(1000, 4 << 20, -TimeUnit.SECONDS.toNanos(1));
        assertEquals(0, TemplateJournal.open(file, none).restored().size());
    }

    @Test
    void shouldStayShortWhenItIsWrittenAnew() throws IOException {
        TemplateJournal journal = TemplateJournal.open(file, LIMITS);
        Judge judge = new Judge(LIMITS, journal);
        for (int i = 0; !journal.isDue(); i++) {
            judge.judge(FlowMessage.v9(i, 7)
                    .templates(i % 2 == 0 ? FLOW : new FlowLayout(256, 1))
                    .bytes());
        }
        journal.beginFile();
        judge.memory.keepIn(journal);
        journal.endEarlierFiles();
        assertEquals(1, files().size());
        assertTrue(bytesOfFiles() < 200, "bytes " + bytesOfFiles());
        assertEquals(1, TemplateJournal.open(file, LIMITS).restored().size());
    }

    /** All that is told to those who join, behind the header, which has the number of a message. */
    private static byte[] contentOf(Judge judge) {
        byte[] message = judge.retell(1232).getFirst();
        return Arrays.copyOfRange(message, NetflowMessage.headerBytes(NetflowMessage.V9), message.length);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(file.getParent())) {
            return all.sorted().toList();
        }
    }

    private long bytesOfFiles() throws IOException {
        long bytes = 0;
        for (Path each : files()) {
            bytes += Files.size(each);
        }
        return bytes;
    }
}
