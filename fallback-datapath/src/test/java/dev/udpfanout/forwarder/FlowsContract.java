package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.FlowCounters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When flows of requests and replies begin and end, on any transport. */
abstract class FlowsContract extends AnsweringFixture {
    @Test
    void shouldEndTheFlowUsedLongestAgoWhenThereAreTooMany() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK).withReplies(new ReplyLimits(2, LIMITS.idle())), server);
        Peer[] clients = {sender, receiver(), receiver()};
        for (Peer client : clients) {
            ask(client, 1, forwarder.localAddress(), server);
        }
        ask(clients[1], 2, forwarder.localAddress(), server);
        assertEquals(3, forwarder.counters().flows().created());
        ask(clients[0], 3, forwarder.localAddress(), server);
        FlowCounters flows = forwarder.counters().flows();
        assertEquals(List.of(2L, 4L, 2L, 0L), List.of(flows.live(), flows.created(), flows.evicted(), flows.expired()));
    }

    @Test
    void shouldWorkWithRoomForOneFlowOnly() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK).withReplies(new ReplyLimits(1, LIMITS.idle())), server);
        Peer[] clients = {sender, receiver()};
        for (int i = 0; i < 10; i++) {
            ask(clients[i % 2], i, forwarder.localAddress(), server);
        }
        assertEquals(9, forwarder.counters().flows().evicted());
    }

    @Test
    void shouldCloseFlowsThatAreIdle() {
        Peer server = receiver();
        Forwarder forwarder =
                start(answering(LOOPBACK).withReplies(new ReplyLimits(100, Duration.ofMillis(100))), server);
        ask(sender, 1, forwarder.localAddress(), server);
        Await.until("the end of the flow", () -> forwarder.counters().flows().live() == 0);
        assertEquals(1, forwarder.counters().flows().expired());
        InetSocketAddress before = server.lastSender();
        ask(sender, 2, forwarder.localAddress(), server);
        assertNotEquals(before, server.lastSender(), "another socket");
    }

    @Test
    void shouldChooseAnewWhenTheEndpointHasLeftAndStillBringItsLastReplyBack() {
        Peer leaving = receiver();
        Peer staying = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), leaving);
        sender.send(number(1), forwarder.localAddress());
        leaving.receive();
        use(forwarder, staying);
        leaving.send(number(11), leaving.lastSender());
        assertEquals(11, number(sender.receive()));
        ask(sender, 2, forwarder.localAddress(), staying);
        assertNull(leaving.poll());
        assertEquals(1, forwarder.counters().flows().expired());
    }

    @Test
    void shouldStayWithAnEndpointThatStaysWhenOthersCome() {
        Peer first = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), first);
        ask(sender, 1, forwarder.localAddress(), first);
        use(forwarder, receiver(), receiver(), first);
        ask(sender, 2, forwarder.localAddress(), first);
        assertEquals(1, forwarder.counters().flows().created());
    }

    @Test
    void shouldGoOnWhenTheEndpointsPortIsClosedForAWhile() {
        InetSocketAddress address = closedPort();
        Forwarder forwarder = start(answering(LOOPBACK));
        Await.done(forwarder.endpoints(EndpointTable.of(address)));
        sender.send(number(1), forwarder.localAddress());
        Await.until(
                "the answer that the port is closed", () -> forwarder.counters().dropped(DropReason.UNREACHABLE) > 0);
        Peer server = keep(Peer.on(address));
        ask(sender, 2, forwarder.localAddress(), server);
        assertEquals(1, forwarder.counters().flows().created());
    }

    @Test
    void shouldCloseEverySocketInTheEnd() throws java.io.IOException {
        askOnce();
        long before = LifecycleContract.descriptors();
        askOnce();
        assertEquals(before, LifecycleContract.descriptors());
    }

    private void askOnce() {
        try (Peer server = Peer.on(LOOPBACK);
                Forwarder forwarder = open(answering(LOOPBACK).withWorkers(2))) {
            use(forwarder, server);
            ask(sender, 1, forwarder.localAddress(), server);
            forwarder.close();
            assertEquals(0, forwarder.counters().flows().live());
            assertEquals(1, forwarder.counters().flows().repliesForwarded());
        }
    }
}
