package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.traffic.SendReport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** Results of phases that never ran. */
final class PhaseFixture {
    static final InetSocketAddress CLIENT = new InetSocketAddress("192.168.1.10", 40000);

    private PhaseFixture() {}

    /** Each pod got so many, and no two the same. */
    static PhaseResult spread(int sent, int... received) {
        PodFixture[] pods = new PodFixture[received.length];
        int next = 0;
        for (int i = 0; i < received.length; i++) {
            pods[i] = new PodFixture("pod" + (i + 1)).sequences(next, next + received[i]);
            next += received[i];
        }
        return phase(sent, pods);
    }

    static PhaseResult phase(int sent, PodFixture... pods) {
        SendReport sending = new SendReport(CLIENT, 0, sent, Duration.ofSeconds(1));
        return new PhaseResult(
                "a phase", sending, Arrays.stream(pods).map(PodFixture::report).toList());
    }
}
