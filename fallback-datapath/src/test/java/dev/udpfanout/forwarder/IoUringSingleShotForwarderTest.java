package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.transport.Transport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Io_uring as on a kernel without multishot receive. */
@Tag("unit")
class IoUringSingleShotForwarderTest {
    @Nested
    class Forwarding extends ForwardingContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class EndpointSwap extends EndpointSwapContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Replies extends RepliesContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Flows extends FlowsContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Admission extends AdmissionContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Policy extends PolicyContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }

    @Nested
    class Drops extends DropSamplesContract {
        @Override
        Transport transport() {
            return Transport.IO_URING_SINGLE_SHOT;
        }
    }
}
