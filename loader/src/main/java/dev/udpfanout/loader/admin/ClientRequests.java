package dev.udpfanout.loader.admin;

import java.util.Optional;

/** Where a client's request goes. */
interface ClientRequests {
    /** The answer; empty if it takes a while, and comes later. */
    Optional<HttpResponse> answer(ClientConnection connection, RequestHead request);
}
