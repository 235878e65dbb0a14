package dev.udpfanout.loader.kubernetes.api;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Bounds each answer of the API server: one that goes on and on fails, and does not fill the memory. Of a watch over
 * HTTP, which is one answer for as long as it lasts, each line is bounded.
 */
final class AnswerLimit implements Interceptor {
    static final String NAME = "answer-limit";

    /** A page of ten resources of the largest size that etcd takes, 1.5 MiB (etcd, server/embed/config.go). */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        String query = request.uri().getQuery();
        boolean isWatch = query != null && query.contains("watch=true");
        return new Counted(consumer, request, isWatch);
    }

    /** Counts what comes in before it hands it on. */
    private static final class Counted implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
        private final HttpRequest request;
        private final boolean countsLines;
        private long bytes;

        Counted(AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request, boolean countsLines) {
            this.consumer = consumer;
            this.request = request;
            this.countsLines = countsLines;
        }

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) throws Exception {
            for (ByteBuffer buffer : buffers) {
                count(buffer);
                if (bytes > MAX_BYTES) {
                    throw new IOException("the answer to " + request.method() + " "
                            + request.uri().getPath() + " is longer than " + MAX_BYTES + " bytes");
                }
            }
            consumer.consume(buffers, body);
        }

        private void count(ByteBuffer buffer) {
            int afterLine = countsLines ? afterLastLine(buffer) : 0;
            bytes = afterLine > 0 ? buffer.limit() - afterLine : bytes + buffer.remaining();
        }

        /** The position after the last end of a line; 0 if there is none. */
        private static int afterLastLine(ByteBuffer buffer) {
            for (int i = buffer.limit() - 1; i >= buffer.position(); i--) {
                if (buffer.get(i) == '\n') {
                    return i + 1;
                }
            }
            return 0;
        }

        @Override
        public <U> U unwrap(Class<U> target) {
            return consumer.unwrap(target);
        }
    }
}
