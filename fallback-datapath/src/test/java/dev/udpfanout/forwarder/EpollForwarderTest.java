package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.IoChoice;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("unit")
class EpollForwarderTest {
    @Nested
    class Forwarding extends ForwardingContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class EndpointSwap extends EndpointSwapContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Replies extends RepliesContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Flows extends FlowsContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Admission extends AdmissionContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Policy extends PolicyContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }

    @Nested
    class Drops extends DropSamplesContract {
        @Override
        IoChoice io() {
            return IoChoice.EPOLL;
        }
    }
}
