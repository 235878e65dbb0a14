package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.transport.Transport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("unit")
class EpollForwarderTest {
    @Nested
    class Forwarding extends ForwardingContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class EndpointSwap extends EndpointSwapContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Replies extends RepliesContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Flows extends FlowsContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Admission extends AdmissionContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Policy extends PolicyContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }

    @Nested
    class Drops extends DropSamplesContract {
        @Override
        Transport transport() {
            return Transport.EPOLL;
        }
    }
}
