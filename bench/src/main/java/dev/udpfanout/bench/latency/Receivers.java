package dev.udpfanout.bench.latency;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The pods' sockets, and the threads that read them. */
final class Receivers implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    private final Series series;
    private final long run;
    private final List<DatagramChannel> channels;
    private final List<Thread> threads = new ArrayList<>();
    private final List<LatencyRecording> recordings = new ArrayList<>();
    private volatile boolean stopping;

    private Receivers(Series series, long run, List<DatagramChannel> channels) {
        this.series = series;
        this.run = run;
        this.channels = channels;
    }

    static Receivers open(ContestantLab lab, Series series, long run) {
        List<DatagramChannel> channels = new ArrayList<>();
        for (int i = 0; i < lab.endpoints().size(); i++) {
            InetSocketAddress endpoint = lab.endpoints().get(i);
            LabNamespace pod = lab.topology().pod(1 + i % lab.topology().plan().pods());
            channels.add(pod.call(() -> {
                DatagramChannel channel = DatagramChannel.open().bind(endpoint);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
                channel.configureBlocking(series == Series.BLOCKING);
                return channel;
            }));
        }
        return new Receivers(series, run, channels);
    }

    void start() {
        if (series == Series.POLLING) {
            start(channels);
        } else {
            channels.forEach(channel -> start(List.of(channel)));
        }
    }

    private void start(List<DatagramChannel> mine) {
        LatencyRecording recording = new LatencyRecording();
        recordings.add(recording);
        threads.add(Thread.ofPlatform().daemon().name("latency-receiver").start(() -> {
            LatencyRun.pin(Cpus.RECEIVER);
            receive(mine, recording);
        }));
    }

    private void receive(List<DatagramChannel> mine, LatencyRecording recording) {
        ByteBuffer buffer = TimedPayload.buffer(MAX_DATAGRAM_BYTES);
        try {
            while (!stopping) {
                for (DatagramChannel channel : mine) {
                    if (channel.receive(buffer.clear()) != null && TimedPayload.isOf(buffer, run)) {
                        recording.record(TimedPayload.intendedNs(buffer), System.nanoTime());
                    }
                }
            }
        } catch (ClosedChannelException e) {
            // The end of a receiver that blocks.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all that was sent has come, for a while; what came. */
    LatencyRecording stop(long sent, Duration limit) {
        BoundedWait.until(
                () -> recordings.stream().mapToLong(LatencyRecording::count).sum() >= sent, limit);
        close();
        LatencyRecording all = new LatencyRecording();
        recordings.forEach(all::add);
        return all;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            for (Thread thread : threads) {
                thread.join(JOIN_LIMIT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
