package dev.udpfanout.loader.admin;

/** Answers GET requests, on the server's thread: must not wait for anything. */
@FunctionalInterface
interface RequestHandler {
    HttpResponse handle(RequestHead request);
}
