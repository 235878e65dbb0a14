package dev.udpfanout.loader.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class RequestHeadTest {
    @Test
    void shouldFindMethodPathAndAccept() {
        RequestHead head = RequestHead.parse("GET /metrics?x=1#y HTTP/1.1\r\nHost: h\r\naCCept:  text/plain \r\n")
                .orElseThrow();

        assertEquals(new RequestHead("GET", "/metrics", "x=1", "text/plain"), head);
    }

    @Test
    void shouldTakeATargetThatNamesTheHost() {
        assertEquals(
                "/status",
                RequestHead.parse("GET http://10.0.0.1:9090/status HTTP/1.0\n")
                        .orElseThrow()
                        .path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n",
                "GET /",
                "GET  / HTTP/1.1",
                "get / HTTP/1.1",
                "GET / HTTP/2.0",
                "PRI * HTTP/2.0",
                "GET / HTTP/1.1 x",
                "\0\1\2"
            })
    void shouldRefuse(String head) {
        assertTrue(RequestHead.parse(head).isEmpty());
    }
}
